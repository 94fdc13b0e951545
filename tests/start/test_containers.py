"""No container engine runs here, so the files are read: what they name must exist."""

import re

import yaml

from swexpertise.start.places import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
EXAMPLE = (ROOT / ".env.example").read_text()


def test_every_part_of_the_platform_has_a_container():
    assert {"proxy", "web", "worker", "beat", "postgres", "redis", "mail", "migrate"} == set(COMPOSE["services"])


def test_containers_lean_on_containers_and_volumes_that_exist():
    for service in COMPOSE["services"].values():
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])
        named = {volume.partition(":")[0] for volume in service.get("volumes", []) if not volume.startswith(".")}
        assert named <= set(COMPOSE["volumes"])


def test_images_are_built_from_stages_that_exist():
    stages = set(re.findall(r"^FROM .* AS (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    targets = {service["build"]["target"] for service in COMPOSE["services"].values() if "build" in service}
    assert targets <= stages


def test_everything_that_can_be_set_stands_in_the_example():
    documented = set(re.findall(r"^#?([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE))
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    for settings in (ROOT / "swexpertise" / "settings").glob("*.py"):
        asked |= set(re.findall(r"""\benv(?:\.\w+)?\(\s*"([A-Z_]+)\"""", settings.read_text()))
    assert asked <= documented

import pytest


def test_a_browser_reads_the_live_site(live_site, page):
    assert page.goto(f"{live_site.url}/health/live").status == 200


def test_a_reader_without_script_is_served(live_site, page_without_script):
    assert page_without_script.goto(f"{live_site.url}/health/live").status == 200


def test_the_browser_reaches_no_other_machine(page):
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")


def test_axe_names_what_is_wrong(page, axe):
    page.set_content("<html lang=nl><title>x</title><main><h1>x</h1><img src='data:,'></main></html>")
    with pytest.raises(pytest.fail.Exception, match="image-alt"):
        axe(page)
    page.set_content("<html lang=nl><title>x</title><main><h1>x</h1></main></html>")
    axe(page)

# One image for web, worker, beat and (target `mailsink`) the mail sink. Built from the lock file, run without root.
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir "uv>=0.9"
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-default-groups
COPY . .
ENV PATH=/app/.venv/bin:$PATH DJANGO_SETTINGS_MODULE=swexpertise.settings.production STATIC_ROOT=/app/static
# The key signs nothing: it lives for these two commands only.
RUN export SECRET_KEY=build-only DATABASE_URL=postgresql:///none \
    && python manage.py compile_translations \
    && python manage.py collectstatic --no-input --verbosity 0

FROM python:3.13-slim AS base
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin swexpertise \
    && mkdir -p /app/var /data/media /data/mailbox && chown -R swexpertise /app/var /data
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=swexpertise.settings.production \
    STATIC_ROOT=/app/static MEDIA_ROOT=/data/media MAILBOX_DIR=/data/mailbox
COPY --from=build /app /app
USER swexpertise

FROM build AS build-mailsink
RUN uv sync --frozen --no-default-groups --group mailsink

FROM base AS mailsink
COPY --from=build-mailsink /app/.venv /app/.venv
EXPOSE 2525
CMD ["python", "-m", "swexpertise.start.mailsink", "--listen", "0.0.0.0:2525"]

FROM base AS app
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["gunicorn", "swexpertise.wsgi", "--no-control-socket", "--preload", "--worker-class", "gthread", \
     "--bind", "0.0.0.0:8000", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]

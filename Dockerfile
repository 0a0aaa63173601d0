# Stage 1 installs the packages and builds the static files; stage 2 runs them, without a
# compiler, Node.js or root. `docker build -t gigstream .`
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/gigstream
COPY requirements requirements
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
 && .venv/bin/uv pip install --no-cache --require-hashes --python .venv/bin/python -r requirements/base.txt
COPY . .
# Brings Node.js into the venv, for this step alone: `sync` takes out what is not in base.txt.
RUN .venv/bin/pybabel -q compile -d locale -D django \
 && .venv/bin/python static/build_assets.py \
 && DJANGO_SETTINGS_MODULE=gigstream.settings.local .venv/bin/python manage.py collectstatic --noinput -v0 \
 && .venv/bin/uv pip sync --no-cache --require-hashes --python .venv/bin/python requirements/base.txt \
 && rm -rf node_modules requirements static/src

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/gigstream gigstream
WORKDIR /srv/gigstream
# Owned by root: the process can change nothing that it runs.
COPY --from=build /srv/gigstream /srv/gigstream
ENV PATH=/srv/gigstream/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=gigstream.settings.production
USER gigstream
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "deploy/healthcheck.py"]
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--blocking-threads", "8", "--backpressure", "64", "gigstream.wsgi:application"]

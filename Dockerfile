FROM python:3.11-slim
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    DJANGO_SETTINGS_MODULE=dvctt.settings \
    STATIC_COLLECTED=1
WORKDIR /app
COPY requirements-web.lock ./
RUN pip install --require-hashes --only-binary :all: -r requirements-web.lock
COPY . .
# The key is only for this one command; the running site gets its own from the environment.
RUN DJANGO_SECRET_KEY=collectstatic python manage.py collectstatic --noinput \
    && useradd --system --uid 10001 --home-dir /srv dvctt \
    && mkdir -p /srv/media /srv/beat \
    && chown -R dvctt: /srv /app/var
USER dvctt
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "dvctt.wsgi"]

"""The site as an app: its manifest, its service worker, the page without a network."""

import re

import pytest
from django.test import Client
from PIL import Image

from gigstream.settings.base import BASE_DIR
from tests.factories import a_user


@pytest.mark.django_db
def test_the_manifest_has_what_a_browser_asks_for_before_it_installs(client):
    answer = client.get("/manifest.webmanifest")

    manifest = answer.json()
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert (manifest["id"], manifest["scope"], manifest["display"]) == (
        "/",
        "/",
        "standalone",
    )
    assert [each["url"] for each in manifest["shortcuts"]] == ["/messages/", "/orders/"]
    purposes = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} == purposes
    for icon in manifest["icons"]:
        name = icon["src"].rpartition("/")[2]
        with Image.open(BASE_DIR / "static" / "public" / "icons" / name) as drawn:
            assert "{}x{}".format(*drawn.size) == icon["sizes"]


@pytest.mark.django_db
def test_the_worker_keeps_files_and_one_page_that_is_nobodys(client):
    answer = client.get("/sw.js")

    script = answer.content.decode()
    kept = re.search(r"SHELL = \[(.*?)\]", script).group(1).replace('"', "").split(", ")
    assert 'OFFLINE = "/offline/"' in script
    assert kept[0] == "OFFLINE"
    assert all(file.startswith("/static/") for file in kept[1:])
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Type"] == "text/javascript"


@pytest.mark.django_db
def test_a_new_release_is_a_new_worker(client, monkeypatch):
    before = client.get("/sw.js").content
    monkeypatch.setattr("gigstream.core.pwa.SHELL", ["css/app.css", "js/chat.js"])

    assert client.get("/sw.js").content != before


@pytest.mark.django_db
def test_the_page_without_a_network_is_the_same_for_everybody(as_user):
    person = a_user()

    theirs = as_user(person).get("/offline/").content

    assert theirs == Client().get("/offline/").content
    assert person.email.encode() not in theirs
    assert b'href="">Try again</a>' in theirs

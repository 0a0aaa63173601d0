from django.urls import path

from accounts.forms.profile import ReportForm
from gigs.views import (
    browse,
    editor,
    favorites,
    market,
    pictures,
    ranking,
    report,
    sell,
    sitemap,
)
from gigstream.core.live import judges_fields

app_name = "gigs"

urlpatterns = [
    path("", browse.home, name="home"),
    path("gigs/", market.market, name="market"),
    path("gigs/<slug:slug>/", browse.detail, name="detail"),
    path("gigs/<slug:slug>/more/", browse.more, name="more"),
    path(
        "gigs/<slug:slug>/report/",
        judges_fields(lambda _: ReportForm())(report.report),
        name="report",
    ),
    path("categories/", market.categories, name="categories"),
    path("categories/<slug:slug>/", market.category, name="category"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-pages.xml", sitemap.pages, name="sitemap_pages"),
    path("sitemap-<int:number>.xml", sitemap.part, name="sitemap_part"),
    path("favorites/", favorites.saved, name="saved"),
    path("favorites/<uuid:pk>/save/", favorites.save, name="save"),
    path("favorites/<uuid:pk>/unsave/", favorites.unsave, name="unsave"),
    path("search/suggestions/", market.suggestions, name="suggestions"),
    path("sell/", sell.start, name="sell"),
    path("sell/gigs/", sell.mine, name="mine"),
    path("sell/gigs/archived/", sell.archived, name="archived"),
    path("sell/queue/limit/", sell.limit_queue, name="limit_queue"),
    path("sell/gigs/new/", editor.create, name="create"),
    path(
        "sell/gigs/suggest-category/", editor.suggest_category, name="suggest_category"
    ),
    path("sell/gigs/<slug:slug>/edit/", editor.edit, name="edit"),
    path("sell/gigs/<slug:slug>/edit/<slug:step>/", editor.edit_step, name="edit_step"),
    path("sell/gigs/<slug:slug>/ranking/", ranking.ranking, name="ranking"),
    path("sell/gigs/<slug:slug>/publish/", sell.publish, name="publish"),
    path("sell/gigs/<slug:slug>/pause/", sell.pause, name="pause"),
    path("sell/gigs/<slug:slug>/resume/", sell.resume, name="resume"),
    path("sell/gigs/<slug:slug>/archive/", sell.archive, name="archive"),
    path("sell/gigs/<slug:slug>/restore/", sell.restore, name="restore"),
    path("sell/gigs/<slug:slug>/change/drop/", sell.drop_change, name="drop_change"),
    path("sell/gigs/<slug:slug>/change/send/", sell.send_change, name="send_change"),
    path("sell/gigs/<slug:slug>/delete/", sell.delete, name="delete"),
    path(
        "sell/gigs/<slug:slug>/pictures/add/", pictures.add_picture, name="add_picture"
    ),
    path(
        "sell/gigs/<slug:slug>/pictures/upload/",
        pictures.upload_picture,
        name="upload_picture",
    ),
    path(
        "sell/gigs/<slug:slug>/pictures/<uuid:pk>/remove/",
        pictures.remove_picture,
        name="remove_picture",
    ),
    path(
        "sell/gigs/<slug:slug>/pictures/<uuid:pk>/move/",
        pictures.move_picture,
        name="move_picture",
    ),
]

from django.urls import path

app_name = "gigs"

urlpatterns: list = []

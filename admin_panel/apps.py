from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_tasks_db.apps import TasksAppConfig


class AdminPanelConfig(AppConfig):
    default = True
    name = "admin_panel"


class SiteAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with our own site as its default."""

    default = False
    default_site = "admin_panel.site.GigStreamAdminSite"


class QueueConfig(TasksAppConfig):
    """The tables of tasks, under a name that staff can read."""

    default = False
    # The package's type knows no lazy words; Django takes them.
    verbose_name = _("Tasks")  # type: ignore[assignment]


# The package asks gettext for these and brings no translations; our catalogue has them.
WORDS_OF_TASKS = [
    gettext_noop("Task Result"),
    gettext_noop("Task Results"),
    gettext_noop("task path"),
    gettext_noop("enqueued at"),
    gettext_noop("started at"),
    gettext_noop("finished at"),
]

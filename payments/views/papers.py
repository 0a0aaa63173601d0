"""Receipts and their kind, for the people whose they are."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.http import AuthedRequest
from gigstream.core import pdf
from payments.models import Paper
from payments.printing import printed


@require_safe
def paper(request: AuthedRequest, pk: UUID) -> HttpResponse:
    mine = Paper.objects.visible_to(request.user).select_related("order")
    wanted = get_object_or_404(mine, pk=pk)
    content = printed(wanted, reader=request.user)
    return pdf.as_download(content, name=f"{wanted.name}.pdf")

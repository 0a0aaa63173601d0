"""Who may listen to which channel, asked at the moment when a page subscribes."""

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from accounts.http import AuthedRequest
from gigstream.services import pusher
from messaging import channels


@require_POST
def listen(request: AuthedRequest) -> HttpResponse:
    """Sign a subscription: 403 where the page would be a 404, 400 for what makes no sense.

    In a presence channel one is who one is logged in as, whatever the request says.
    """
    channel = request.POST.get("channel_name", "")
    socket_id = request.POST.get("socket_id", "")
    member = str(request.user.pk) if channels.is_presence(channel) else ""
    try:
        signed = pusher.allow(channel, socket_id, member=member)
    except pusher.Malformed:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if not channels.may_listen(request.user, channel):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    return JsonResponse(signed)

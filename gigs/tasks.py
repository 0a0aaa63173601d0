"""What happens to gigs in the background."""

from gigs.models import GigImage
from gigstream.core.jobs import task
from gigstream.services import cloudinary


@task
def delete_file(*, public_id: str) -> None:
    """Delete a picture's file, unless a gig shows it after all."""
    if not GigImage.objects.filter(public_id=public_id).exists():
        cloudinary.destroy(public_id)

"""The people of the demo data: twelve who sell, eight who buy, and one who runs the place."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import actions, handles
from accounts.models import User
from gigstream.services.cloudinary import Picture

PASSWORD = "gigstream-demo"  # noqa: S105 - meant to be known
DOMAIN = "example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account; who has a headline sells."""

    key: str
    name: str
    headline: str = ""
    bio: str = ""
    location: str = ""
    country: str = ""

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


SELLERS = [
    Person(
        key="seller",
        name="Maya Lindqvist",
        headline="Logos that survive a photocopier",
        bio="I drew my first mark for my uncle's boat yard in 2009 and it is still on the "
        "boats. Since then about three hundred more, most of them for small firms that "
        "needed one good idea rather than forty slides.",
        location="Gothenburg, Sweden",
    ),
    Person(
        key="jonas.weber",
        name="Jonas Weber",
        headline="Django and the boring parts of the web",
        bio="Backend developer for twelve years, the last five on my own. I like small "
        "servers, short functions and clients who answer their mail.",
        location="Leipzig, Germany",
    ),
    Person(
        key="nadia.rahimi",
        name="Nadia Rahimi",
        headline="Editor for people who talk to a camera",
        bio="I cut documentaries for public television before I cut videos for channels. "
        "The craft is the same: find the sentence, and lose the rest.",
        location="Rotterdam, Netherlands",
    ),
    Person(
        key="tomas.oliveira",
        name="Tomás Oliveira",
        headline="Warm voice, quiet room",
        bio="Radio presenter by day. My booth is treated, my microphone is a U 87, and my "
        "neighbours are kind. Portuguese and English.",
        location="Porto, Portugal",
    ),
    Person(
        key="aiko.tanabe",
        name="Aiko Tanabe",
        headline="Type, packaging, quiet brands",
        bio="I worked for a tea house for six years and learned that a label is read at "
        "arm's length by somebody who is thinking of something else.",
        location="Kyoto, Japan",
    ),
    Person(
        key="samuel.adeyemi",
        name="Samuel Adeyemi",
        headline="App screens that developers thank me for",
        bio="Product designer, formerly at two banks and one very small games studio. "
        "Every file I hand over has names on its layers.",
        location="Lagos, Nigeria",
    ),
    Person(
        key="elena.petrova",
        name="Elena Petrova",
        headline="I make spreadsheets tell the truth",
        bio="Statistician. I have cleaned election data, hospital data and once the "
        "guest lists of a wedding planner, which were the worst of the three.",
        location="Sofia, Bulgaria",
    ),
    Person(
        key="diego.marin",
        name="Diego Marín",
        headline="Assistants that know when to fetch a human",
        bio="I build chatbots and the plumbing behind them. If a form would do the job "
        "better I will say so before you pay me.",
        location="Medellín, Colombia",
    ),
    Person(
        key="freya.nolan",
        name="Freya Nolan",
        headline="Illustration for books and labels",
        bio="Gouache first, computer second. I have illustrated eleven books for "
        "children and a long line of jam jars.",
        location="Galway, Ireland",
    ),
    Person(
        key="minh.tran",
        name="Minh Tran",
        headline="Shops that load in a second",
        bio="Front-end developer who measures. I rescue slow shops and build new ones "
        "that never needed rescuing.",
        location="Da Nang, Vietnam",
    ),
    Person(
        key="clara.fontaine",
        name="Clara Fontaine",
        headline="Motion graphics with good manners",
        bio="I animate explanations. Things move when they have a reason to, and stop "
        "when they have made their point.",
        location="Lyon, France",
    ),
    Person(
        key="ravi.menon",
        name="Ravi Menon",
        headline="Mixing, mastering, podcasts",
        bio="Fifteen years in studios, four of them as the person who fixes what the "
        "others recorded. Your hum has met its match.",
        location="Kochi, India",
    ),
]
BUYERS = [
    Person(key="buyer", name="Hannah Brooks", country="GB"),
    Person(key="oskar.nyberg", name="Oskar Nyberg", country="SE"),
    Person(key="lucia.ferri", name="Lucia Ferri", country="IT"),
    Person(key="kwame.boateng", name="Kwame Boateng", country="GH"),
    Person(key="ines.carvalho", name="Inês Carvalho", country="PT"),
    Person(key="david.stern", name="David Stern", country="US"),
    Person(key="yuki.mori", name="Yuki Mori", country="JP"),
    Person(key="marta.kowalska", name="Marta Kowalska", country="PL"),
]
ADMIN = Person(key="admin", name="Ada Admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The accounts, in the order of the lists above."""

    sellers: list[User]
    buyers: list[User]
    admin: User


def everybody() -> list[Person]:
    return [*SELLERS, *BUYERS, ADMIN]


def strangers() -> list[Person]:
    """Those who have no account yet."""
    emails = [person.email for person in everybody()]
    known = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    return [person for person in everybody() if person.email not in known]


@transaction.atomic
def welcome(faces: dict[str, Picture], *, now: datetime) -> People:
    """Give an account to those who have none; `faces` are pictures by person's key."""
    password = make_password(PASSWORD)
    for number, person in enumerate(strangers()):
        joined_at = now - timedelta(days=400 - number * 13)
        _join(person, password, faces.get(person.key), joined_at)
    by_email = {user.email: user for user in User.objects.all()}
    return People(
        sellers=[by_email[person.email] for person in SELLERS],
        buyers=[by_email[person.email] for person in BUYERS],
        admin=by_email[ADMIN.email],
    )


def _join(
    person: Person, password: str, face: Picture | None, joined_at: datetime
) -> None:
    runs_the_place = person is ADMIN
    user = User.objects.create(
        email=person.email,
        full_name=person.name,
        password=password,
        joined_at=joined_at,
        is_staff=runs_the_place,
        is_superuser=runs_the_place,
        avatar_id=face.public_id if face else "",
        avatar_version=face.version if face else 0,
        country=person.country,
    )
    EmailAddress.objects.create(
        user=user, email=user.email, primary=True, verified=True
    )
    handles.give(user)
    if person.headline:
        actions.start_selling(
            user_id=user.pk,
            headline=person.headline,
            bio=person.bio,
            location=person.location,
            now=joined_at,
        )

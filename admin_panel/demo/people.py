"""The people of the demo data: who sells, who buys, and who works here."""

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
    city: str = ""
    country: str = ""
    time_zone: str = "UTC"
    speaks: str = ""
    skills: str = ""
    role: str = ""

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
        city="Gothenburg",
        country="SE",
        time_zone="Europe/Stockholm",
        speaks="sv en de",
        skills="Logo design, Lettering, Illustrator, Brand marks",
    ),
    Person(
        key="jonas.weber",
        name="Jonas Weber",
        headline="Django and the boring parts of the web",
        bio="Backend developer for twelve years, the last five on my own. I like small "
        "servers, short functions and clients who answer their mail.",
        city="Leipzig",
        country="DE",
        time_zone="Europe/Berlin",
        speaks="de en",
        skills="Django, Python, PostgreSQL, htmx, Linux",
    ),
    Person(
        key="nadia.rahimi",
        name="Nadia Rahimi",
        headline="Editor for people who talk to a camera",
        bio="I cut documentaries for public television before I cut videos for channels. "
        "The craft is the same: find the sentence, and lose the rest.",
        city="Rotterdam",
        country="NL",
        time_zone="Europe/Amsterdam",
        speaks="nl en fa",
        skills="Video editing, Premiere, Colour, Subtitles",
    ),
    Person(
        key="tomas.oliveira",
        name="Tomás Oliveira",
        headline="Warm voice, quiet room",
        bio="Radio presenter by day. My booth is treated, my microphone is a U 87, and my "
        "neighbours are kind. Portuguese and English.",
        city="Porto",
        country="PT",
        time_zone="Europe/Lisbon",
        speaks="pt en es",
        skills="Voice-over, Radio, Audiobooks, Dubbing",
    ),
    Person(
        key="aiko.tanabe",
        name="Aiko Tanabe",
        headline="Type, packaging, quiet brands",
        bio="I worked for a tea house for six years and learned that a label is read at "
        "arm's length by somebody who is thinking of something else.",
        city="Kyoto",
        country="JP",
        time_zone="Asia/Tokyo",
        speaks="ja en",
        skills="Packaging, Typography, Print, Branding",
    ),
    Person(
        key="samuel.adeyemi",
        name="Samuel Adeyemi",
        headline="App screens that developers thank me for",
        bio="Product designer, formerly at two banks and one very small games studio. "
        "Every file I hand over has names on its layers.",
        city="Lagos",
        country="NG",
        time_zone="Africa/Lagos",
        speaks="en yo",
        skills="Figma, App design, Prototypes, Design systems",
    ),
    Person(
        key="elena.petrova",
        name="Elena Petrova",
        headline="I make spreadsheets tell the truth",
        bio="Statistician. I have cleaned election data, hospital data and once the "
        "guest lists of a wedding planner, which were the worst of the three.",
        city="Sofia",
        country="BG",
        time_zone="Europe/Sofia",
        speaks="bg en ru",
        skills="Statistics, Excel, R, Data cleaning",
    ),
    Person(
        key="diego.marin",
        name="Diego Marín",
        headline="Assistants that know when to fetch a human",
        bio="I build chatbots and the plumbing behind them. If a form would do the job "
        "better I will say so before you pay me.",
        city="Medellín",
        country="CO",
        time_zone="America/Bogota",
        speaks="es en",
        skills="Chatbots, Python, Automation, APIs",
    ),
    Person(
        key="freya.nolan",
        name="Freya Nolan",
        headline="Illustration for books and labels",
        bio="Gouache first, computer second. I have illustrated eleven books for "
        "children and a long line of jam jars.",
        city="Galway",
        country="IE",
        time_zone="Europe/Dublin",
        speaks="en ga",
        skills="Illustration, Gouache, Picture books, Labels",
    ),
    Person(
        key="minh.tran",
        name="Minh Tran",
        headline="Shops that load in a second",
        bio="Front-end developer who measures. I rescue slow shops and build new ones "
        "that never needed rescuing.",
        city="Da Nang",
        country="VN",
        time_zone="Asia/Ho_Chi_Minh",
        speaks="vi en",
        skills="Shopify, Web performance, CSS, JavaScript",
    ),
    Person(
        key="clara.fontaine",
        name="Clara Fontaine",
        headline="Motion graphics with good manners",
        bio="I animate explanations. Things move when they have a reason to, and stop "
        "when they have made their point.",
        city="Lyon",
        country="FR",
        time_zone="Europe/Paris",
        speaks="fr en it",
        skills="Motion graphics, After Effects, Explainers",
    ),
    Person(
        key="ravi.menon",
        name="Ravi Menon",
        headline="Mixing, mastering, podcasts",
        bio="Fifteen years in studios, four of them as the person who fixes what the "
        "others recorded. Your hum has met its match.",
        city="Kochi",
        country="IN",
        time_zone="Asia/Kolkata",
        speaks="ml hi en",
        skills="Mixing, Mastering, Podcasts, Noise removal",
    ),
]
BUYERS = [
    Person(key=key, name=name, city=city, country=country, time_zone=time_zone)
    for key, name, city, country, time_zone in [
        ("buyer", "Hannah Brooks", "Portland", "US", "America/Los_Angeles"),
        ("oskar.nyberg", "Oskar Nyberg", "Uppsala", "SE", "Europe/Stockholm"),
        ("lucia.ferri", "Lucia Ferri", "Bologna", "IT", "Europe/Rome"),
        ("kwame.boateng", "Kwame Boateng", "Accra", "GH", "Africa/Accra"),
        ("ines.carvalho", "Inês Carvalho", "Lisbon", "PT", "Europe/Lisbon"),
        ("david.stern", "David Stern", "Haifa", "IL", "Asia/Jerusalem"),
        ("yuki.mori", "Yuki Mori", "Sapporo", "JP", "Asia/Tokyo"),
        ("marta.kowalska", "Marta Kowalska", "Kraków", "PL", "Europe/Warsaw"),
        ("amina.diallo", "Amina Diallo", "Dakar", "SN", "Africa/Dakar"),
        ("ben.whitaker", "Ben Whitaker", "Leeds", "GB", "Europe/London"),
        ("chiara.russo", "Chiara Russo", "Palermo", "IT", "Europe/Rome"),
        ("daniel.okafor", "Daniel Okafor", "Abuja", "NG", "Africa/Lagos"),
        ("emil.hansen", "Emil Hansen", "Aarhus", "DK", "Europe/Copenhagen"),
        ("fatima.zahra", "Fatima Zahra", "Rabat", "MA", "Africa/Casablanca"),
        ("george.petrou", "George Petrou", "Athens", "GR", "Europe/Athens"),
        ("hye.jin.park", "Hye-jin Park", "Busan", "KR", "Asia/Seoul"),
        ("ivan.horvat", "Ivan Horvat", "Split", "HR", "Europe/Zagreb"),
        ("julia.schmidt", "Julia Schmidt", "Bremen", "DE", "Europe/Berlin"),
        ("karim.haddad", "Karim Haddad", "Beirut", "LB", "Asia/Beirut"),
        ("lena.virtanen", "Lena Virtanen", "Tampere", "FI", "Europe/Helsinki"),
        ("mateo.silva", "Mateo Silva", "Montevideo", "UY", "America/Montevideo"),
        ("nora.berg", "Nora Berg", "Tromsø", "NO", "Europe/Oslo"),
        ("olivia.tremblay", "Olivia Tremblay", "Québec", "CA", "America/Toronto"),
        ("priya.nair", "Priya Nair", "Pune", "IN", "Asia/Kolkata"),
        ("rosa.jimenez", "Rosa Jiménez", "Seville", "ES", "Europe/Madrid"),
        ("sione.taufa", "Sione Taufa", "Auckland", "NZ", "Pacific/Auckland"),
    ]
]
STAFF = [
    Person(key="support", name="Sam Support", role="support"),
    Person(key="finance", name="Fiona Finance", role="finance"),
    Person(key="moderator", name="Moritz Moderator", role="moderator"),
]
ADMIN = Person(key="admin", name="Ada Admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The accounts, in the order of the lists above."""

    sellers: list[User]
    buyers: list[User]
    admin: User


def everybody() -> list[Person]:
    return [*SELLERS, *BUYERS, ADMIN, *STAFF]


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
        joined_at = now - timedelta(days=400 - number * 5)
        user = _join(person, password, faces.get(person.key), joined_at)
        if person.role:
            _appoint(user, person.role, now=now)
    by_email = {user.email: user for user in User.objects.all()}
    return People(
        sellers=[by_email[person.email] for person in SELLERS],
        buyers=[by_email[person.email] for person in BUYERS],
        admin=by_email[ADMIN.email],
    )


def _join(
    person: Person, password: str, face: Picture | None, joined_at: datetime
) -> User:
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
        avatar_bytes=face.bytes if face else 0,
        location=person.city,
        country=person.country,
        time_zone=person.time_zone,
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
            location=person.city,
            spoken_languages=person.speaks.split(),
            skills=person.skills.split(", "),
            now=joined_at,
        )
    return user


def _appoint(user: User, role: str, *, now: datetime) -> None:
    """Give a role as the admin of the demo would."""
    ada = User.objects.get(email=ADMIN.email)
    actions.give_roles(
        user_id=user.pk, names=[role], actor=ada, reason="Demo data", now=now
    )

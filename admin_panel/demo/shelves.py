"""What the demo's gigs of one craft have in common: their shelves, extras and answers."""

from dataclasses import dataclass

from gigs.actions import ExtraTerms, Faq, PackageTerms
from gigs.models import ExtraKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What goes with a craft: one sub-category for each of its three texts, and more."""

    parts: tuple[tuple[str, str], ...]
    addition: str
    faqs: tuple[Faq, ...]


def _faq(question: str, answer: str) -> Faq:
    return Faq(question=question, answer=answer)


FILES = _faq(
    "Do I own what you make?",
    "Yes, from the moment you accept the delivery. I may show it among my work unless "
    "you would rather I did not.",
)
CALL = _faq(
    "Can we talk before I order?",
    "Please do. Write to me with what you have, and I will say honestly whether I am the "
    "right person for it.",
)
SHELVES = {
    "graphics-design": Shelf(
        parts=(
            ("logo-design", "Logo design"),
            ("illustration", "Illustration"),
            ("print-menus", "Print and menus"),
        ),
        addition="Editable source files in two formats",
        faqs=(
            _faq(
                "Which files do I get?",
                "SVG and PDF for print, PNG for the screen, and the original drawing if it "
                "is part of your package.",
            ),
            FILES,
        ),
    ),
    "programming-tech": Shelf(
        parts=(
            ("websites", "Websites"),
            ("online-shops", "Online shops"),
            ("code-review", "Code review"),
        ),
        addition="Thirty days of small fixes after the launch",
        faqs=(
            _faq(
                "Where will it run?",
                "On any server of yours with Python. If you have none I will recommend "
                "one, and you pay the host directly.",
            ),
            _faq(
                "Will I be able to change texts myself?",
                "Yes. Everything that is likely to change has a place in the admin, with a "
                "page of instructions.",
            ),
        ),
    ),
    "video-animation": Shelf(
        parts=(
            ("video-editing", "Video editing"),
            ("explainers", "Explainers"),
            ("openers", "Logo openers"),
        ),
        addition="A vertical cut for phones",
        faqs=(
            _faq(
                "How do I send you the footage?",
                "By any link that I can download from. Name the files in the order in "
                "which they happen and we both save a day.",
            ),
            CALL,
        ),
    ),
    "voice-audio": Shelf(
        parts=(
            ("voice-over", "Voice-over"),
            ("podcasts", "Podcasts"),
            ("mixing", "Mixing and mastering"),
        ),
        addition="Separate tracks for every speaker",
        faqs=(
            _faq(
                "What if a word is pronounced wrong?",
                "Send me how it should sound, and I will record it again at no charge.",
            ),
            FILES,
        ),
    ),
    "branding": Shelf(
        parts=(
            ("brand-identity", "Brand identity"),
            ("naming", "Naming"),
            ("packaging", "Labels and packaging"),
        ),
        addition="A printed sample by post",
        faqs=(
            _faq(
                "What if I like none of the directions?",
                "Then the first round was my briefing and the second is the real one. It "
                "costs you nothing more.",
            ),
            CALL,
        ),
    ),
    "app-design": Shelf(
        parts=(
            ("mobile-screens", "Mobile screens"),
            ("user-testing", "User testing"),
            ("prototypes", "Prototypes"),
        ),
        addition="The same screens in dark colours",
        faqs=(
            _faq(
                "Which tool do you work in?",
                "Figma, with components and names that your developers will recognise.",
            ),
            FILES,
        ),
    ),
    "data-analytics": Shelf(
        parts=(
            ("dashboards", "Dashboards"),
            ("spreadsheets", "Spreadsheets"),
            ("surveys", "Surveys"),
        ),
        addition="A one-hour call that explains the numbers",
        faqs=(
            _faq(
                "Is our data safe with you?",
                "It stays on an encrypted disk and is deleted a month after you accept. I "
                "sign a confidentiality agreement if you send me one.",
            ),
            CALL,
        ),
    ),
    "ai-services": Shelf(
        parts=(
            ("chatbots", "Chatbots"),
            ("automation", "Automation"),
            ("prompts", "Prompts"),
        ),
        addition="A month of watching over it",
        faqs=(
            _faq(
                "What does it cost to run?",
                "That depends on your traffic; I measure it with your own examples and "
                "tell you before the launch.",
            ),
            FILES,
        ),
    ),
}


def extras(craft: str, basic: PackageTerms) -> list[ExtraTerms]:
    """Three extras, priced by the Basic package; nobody is faster than a day."""
    third = max(basic.price // 300 * 100, 10_00)
    offered = [
        ExtraTerms(kind=ExtraKind.REVISION, price=third // 2 // 100 * 100, revisions=1),
        ExtraTerms(
            kind=ExtraKind.CUSTOM, title=SHELVES[craft].addition, price=third, days=1
        ),
    ]
    if basic.delivery_days > 1:
        days = -max(basic.delivery_days // 3, 1)
        offered.insert(0, ExtraTerms(kind=ExtraKind.FASTER, price=third, days=days))
    return offered

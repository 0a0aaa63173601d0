"""What the demo's gigs say: three for each craft."""

from dataclasses import dataclass

from gigs.actions import PackageTerms, Question
from gigs.models import RequirementKind, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Craft:
    """A category, and the motif of its covers."""

    slug: str
    name: str
    icon: str
    description: str
    motif: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A gig before it is one."""

    seller: str
    craft: str
    title: str
    description: str
    tags: tuple[str, ...]
    packages: tuple[PackageTerms, ...]
    questions: tuple[Question, ...] = ()
    pictures: int = 2


CRAFTS = [
    Craft(
        slug="graphics-design",
        name="Graphics & Design",
        icon="palette",
        description="Logos, illustration, print and everything drawn.",
        motif="logo",
        alt="A geometric mark of circles, squares and triangles",
    ),
    Craft(
        slug="programming-tech",
        name="Programming & Tech",
        icon="code",
        description="Websites, shops, servers and the code between them.",
        motif="browser",
        alt="A web page in a browser window",
    ),
    Craft(
        slug="video-animation",
        name="Video & Animation",
        icon="clapperboard",
        description="Editing, motion graphics and short films.",
        motif="video",
        alt="A landscape with a play button",
    ),
    Craft(
        slug="voice-audio",
        name="Voice & Audio",
        icon="mic",
        description="Voice-over, mixing, podcasts and sound.",
        motif="wave",
        alt="The waveform of a recording",
    ),
    Craft(
        slug="branding",
        name="Branding",
        icon="pen-tool",
        description="Names, type, packaging and guidelines.",
        motif="lettering",
        alt="Two large letters over a coloured rule",
    ),
    Craft(
        slug="app-design",
        name="App Design",
        icon="smartphone",
        description="Screens, flows and prototypes for phones.",
        motif="phones",
        alt="Two screens of a phone app",
    ),
    Craft(
        slug="data-analytics",
        name="Data & Analytics",
        icon="chart-column",
        description="Dashboards, cleaning, models and plain answers.",
        motif="chart",
        alt="A bar chart on a card",
    ),
    Craft(
        slug="ai-services",
        name="AI Services",
        icon="bot",
        description="Assistants, automation and the plumbing behind them.",
        motif="chat",
        alt="A conversation in speech bubbles",
    ),
]


def _basic(
    name: str, text: str, dollars: int, days: int, revisions: int, *features: str
) -> PackageTerms:
    return _package(Tier.BASIC, name, text, dollars, days, revisions, features)


def _standard(
    name: str, text: str, dollars: int, days: int, revisions: int, *features: str
) -> PackageTerms:
    return _package(Tier.STANDARD, name, text, dollars, days, revisions, features)


def _premium(
    name: str, text: str, dollars: int, days: int, revisions: int, *features: str
) -> PackageTerms:
    return _package(Tier.PREMIUM, name, text, dollars, days, revisions, features)


def _package(
    tier: Tier,
    name: str,
    text: str,
    dollars: int,
    days: int,
    revisions: int,
    features: tuple[str, ...],
) -> PackageTerms:
    return PackageTerms(
        tier=tier,
        name=name,
        description=text,
        price=dollars * 100,
        delivery_days=days,
        revisions=revisions,
        features=features,
    )


def _text(question: str, *, required: bool = True) -> Question:
    return Question(question=question, kind=RequirementKind.TEXT, required=required)


def _choice(question: str, *options: str) -> Question:
    return Question(question=question, kind=RequirementKind.CHOICE, options=options)


def _file(question: str, *, required: bool = False) -> Question:
    return Question(question=question, kind=RequirementKind.FILE, required=required)


OFFERS = [
    Offer(
        seller="seller",
        craft="graphics-design",
        title="I will design a timeless geometric logo for your startup",
        description="A mark that still looks right in ten years. I start from your name "
        "and one sentence about the business, draw thirty rough directions on paper, and "
        "show you the three that survive. You pick one, and I take it to a full set of "
        "files.\n\nEvery project ends with vector files, a one-page usage sheet, and a "
        "call if you want one. I do not use stock icons, and I do not hand the same idea "
        "to two people.",
        tags=("logo design", "geometric", "startup", "vector"),
        packages=(
            _basic(
                "Mark only",
                "Three concepts, one final mark, ready for print and screen.",
                120,
                4,
                2,
                "Vector files",
                "Commercial use",
            ),
            _standard(
                "Mark and name",
                "The mark set with your name, in colour, black and white.",
                240,
                7,
                3,
                "Vector files",
                "Commercial use",
                "Lockups",
                "Usage sheet",
            ),
            _premium(
                "Small identity",
                "Mark, type, colours, and the first things you will need to print.",
                560,
                14,
                5,
                "Vector files",
                "Commercial use",
                "Lockups",
                "Business card",
                "Letterhead",
                "Ten-page guide",
            ),
        ),
        questions=(
            _text("What is the business called, and what does it do in one sentence?"),
            _choice(
                "Which direction feels closest?", "Strict", "Playful", "Not sure yet"
            ),
            _file("Anything you have already: sketches, an old logo, a menu"),
        ),
        pictures=3,
    ),
    Offer(
        seller="freya.nolan",
        craft="graphics-design",
        title="I will paint illustrations for your children's book",
        description="Gouache on paper, scanned at 600 dpi and cleaned by hand. We begin "
        "with the animal or child who carries the story, because everything else follows "
        "from how they stand. You see pencils before any paint is mixed.\n\nPrices are "
        "per picture; for a whole book write to me first and we will find a number.",
        tags=("illustration", "children's book", "gouache"),
        packages=(
            _basic(
                "One vignette",
                "A single figure on white.",
                90,
                7,
                1,
                "Print file",
                "Pencil stage",
            ),
            _standard(
                "One full page",
                "A scene to the edge of the page.",
                210,
                12,
                2,
                "Print file",
                "Pencil stage",
                "Colour stage",
            ),
            _premium(
                "A spread",
                "Two pages that open into one picture, with room for text.",
                380,
                18,
                2,
                "Print file",
                "Pencil stage",
                "Colour stage",
                "Original by post",
            ),
        ),
        questions=(
            _text("What happens in this picture?"),
            _text("How old are the readers?"),
            _file("The manuscript, if there is one"),
        ),
    ),
    Offer(
        seller="aiko.tanabe",
        craft="graphics-design",
        title="I will lay out a menu your guests can actually read",
        description="A menu is a list that sells. I set yours in type that works by "
        "candlelight, put the dishes you are proud of where eyes land first, and leave you "
        "a file in which you can change a price without calling me.",
        tags=("menu design", "restaurant", "print"),
        packages=(
            _basic(
                "One page",
                "Front only, up to thirty dishes.",
                75,
                3,
                2,
                "Print file",
                "Editable file",
            ),
            _standard(
                "Folded",
                "Four pages, with drinks.",
                150,
                5,
                2,
                "Print file",
                "Editable file",
                "QR page for phones",
            ),
        ),
        questions=(_file("The list of dishes and prices", required=True),),
        pictures=1,
    ),
    Offer(
        seller="jonas.weber",
        craft="programming-tech",
        title="I will build a fast responsive website in Django",
        description="You get a site that loads in under a second on a bad phone, an admin "
        "that your colleagues understand without a course, and a repository with tests.\n\n"
        "I write server-rendered pages first and add JavaScript where it earns its keep. "
        "Deployment to a server of yours is part of every package.",
        tags=("django developer", "website", "python", "responsive"),
        packages=(
            _basic(
                "One page",
                "A page that says who you are and takes enquiries.",
                180,
                5,
                2,
                "Responsive",
                "Contact form",
                "Deployment",
            ),
            _standard(
                "Small site",
                "Up to six pages that you edit yourself.",
                640,
                12,
                3,
                "Responsive",
                "Contact form",
                "Deployment",
                "Admin",
                "News",
            ),
            _premium(
                "With accounts",
                "Members, payments and whatever happens behind the login.",
                1900,
                30,
                4,
                "Responsive",
                "Deployment",
                "Admin",
                "Accounts",
                "Payments",
                "Tests",
            ),
        ),
        questions=(
            _text("What should a visitor be able to do on the site?"),
            _choice(
                "Do you have a design?", "Yes", "A rough idea", "No, please make one"
            ),
        ),
        pictures=3,
    ),
    Offer(
        seller="minh.tran",
        craft="programming-tech",
        title="I will make your online shop load in one second",
        description="Slow shops lose people before the first picture. I measure yours on a "
        "mid-range phone, write down what costs the time, fix the ten worst things and "
        "measure again. You get both reports, and a page that explains what to keep an eye "
        "on.",
        tags=("page speed", "online shop", "performance"),
        packages=(
            _basic(
                "Report",
                "Measurements and a list, ordered by effect.",
                60,
                2,
                0,
                "Two devices",
                "Ten pages",
            ),
            _standard(
                "Report and repair",
                "The ten worst things, fixed.",
                320,
                7,
                1,
                "Two devices",
                "Before and after",
                "Image pipeline",
            ),
            _premium(
                "A month of care",
                "Repair, then four weeks of watching the numbers.",
                780,
                30,
                2,
                "Before and after",
                "Weekly figures",
                "Alerts",
            ),
        ),
        questions=(_text("The address of the shop, and which system it runs on"),),
    ),
    Offer(
        seller="jonas.weber",
        craft="programming-tech",
        title="I will review your Python code and write down what matters",
        description="Send me up to two thousand lines. I read all of them, run them, and "
        "write a letter: what would break first, what would hurt in a year, what is good "
        "and should stay. No style nitpicks that a formatter can find.",
        tags=("code review", "python", "security"),
        packages=(
            _basic(
                "Letter",
                "A reading of up to 2,000 lines.",
                95,
                3,
                0,
                "Written review",
                "Ranked list",
            ),
            _standard(
                "Letter and call",
                "The letter, and an hour to talk it through.",
                170,
                4,
                0,
                "Written review",
                "Ranked list",
                "One-hour call",
            ),
        ),
        questions=(
            _text("What worries you most about this code?", required=False),
            _file("An archive of the code", required=True),
        ),
        pictures=1,
    ),
    Offer(
        seller="nadia.rahimi",
        craft="video-animation",
        title="I will edit your YouTube videos with motion graphics and sound design",
        description="Send the raw material, go to bed, and find a cut in the morning of "
        "the third day. I look for the sentence that makes people stay and build the rest "
        "around it. Captions, lower thirds and a clean mix are always part of it.",
        tags=("short video", "youtube", "editing"),
        packages=(
            _basic(
                "Short",
                "Up to 60 seconds, upright.",
                45,
                2,
                1,
                "Captions",
                "Clean sound",
            ),
            _standard(
                "Ten minutes",
                "From up to an hour of material.",
                160,
                4,
                2,
                "Captions",
                "Clean sound",
                "Lower thirds",
                "Thumbnail",
            ),
            _premium(
                "Half an hour",
                "A whole episode with its trailer.",
                420,
                8,
                3,
                "Captions",
                "Clean sound",
                "Lower thirds",
                "Thumbnail",
                "Trailer",
            ),
        ),
        questions=(
            _text("Where can I download the material?"),
            _text("A channel whose editing you like", required=False),
        ),
        pictures=3,
    ),
    Offer(
        seller="clara.fontaine",
        craft="video-animation",
        title="I will animate a 60-second explainer for your product",
        description="One minute, about 140 words. I help you cut the text until it fits, "
        "draw a storyboard that you can show around, and animate it with restraint. You "
        "choose the voice; recording is part of the larger packages.",
        tags=("explainer", "motion graphics", "short video"),
        packages=(
            _basic(
                "Storyboard",
                "Text and twelve drawn frames.",
                140,
                4,
                2,
                "Script edit",
                "Twelve frames",
            ),
            _standard(
                "Animated",
                "The minute, with music.",
                690,
                14,
                2,
                "Script edit",
                "Storyboard",
                "Music licence",
            ),
            _premium(
                "Animated and spoken",
                "With a voice, and upright for phones.",
                980,
                18,
                3,
                "Script edit",
                "Storyboard",
                "Music licence",
                "Voice",
                "Upright cut",
            ),
        ),
        questions=(
            _text("What should people know after one minute?"),
            _file("Logo and colours"),
        ),
    ),
    Offer(
        seller="clara.fontaine",
        craft="video-animation",
        title="I will turn your logo into a three-second opener",
        description="Short enough not to annoy anybody the hundredth time. You get two "
        "ideas as sketches that move, choose one, and receive it on a dark, a light and a "
        "transparent ground, with and without sound.",
        tags=("logo animation", "opener", "motion graphics"),
        packages=(
            _basic(
                "Opener",
                "Three seconds, one ground.",
                55,
                3,
                1,
                "4K",
                "With sound",
            ),
            _standard(
                "Opener and closer",
                "The same idea, forwards and back.",
                95,
                5,
                2,
                "4K",
                "With sound",
                "Transparent",
            ),
        ),
        questions=(_file("Your logo as a vector file", required=True),),
        pictures=1,
    ),
    Offer(
        seller="tomas.oliveira",
        craft="voice-audio",
        title="I will record a warm voice over in English or Portuguese",
        description="Recorded in a treated booth, edited, breaths where they belong, and "
        "delivered as 48 kHz WAV and MP3. I read your text once for sense before I read "
        "it aloud, and ask about the names I do not know.",
        tags=("voice over", "portuguese", "narration"),
        packages=(
            _basic(
                "Up to 150 words",
                "A minute of speech.",
                30,
                1,
                1,
                "WAV and MP3",
                "Commercial use",
            ),
            _standard(
                "Up to 600 words",
                "Four minutes of speech.",
                85,
                2,
                2,
                "WAV and MP3",
                "Commercial use",
                "Timed to picture",
            ),
            _premium(
                "Up to 2,000 words",
                "A chapter, a course unit, a long tour.",
                220,
                5,
                2,
                "WAV and MP3",
                "Commercial use",
                "Split by section",
            ),
        ),
        questions=(
            _text("The text"),
            _choice("Which language?", "English", "Portuguese (Portugal)", "Both"),
            _text("Who is listening, and where?", required=False),
        ),
        pictures=2,
    ),
    Offer(
        seller="ravi.menon",
        craft="voice-audio",
        title="I will clean, cut and master your podcast episode",
        description="Hum, echo, keyboard, dog. I take out what should not be there, cut "
        "what you would have cut, level everybody to the same loudness and send it back "
        "with chapters. Most episodes come back in two days.",
        tags=("podcast", "mastering", "audio cleanup"),
        packages=(
            _basic(
                "Clean",
                "Up to 45 minutes, no cuts.",
                40,
                2,
                1,
                "Noise removal",
                "Loudness",
            ),
            _standard(
                "Clean and cut",
                "Up to an hour, tightened.",
                90,
                3,
                2,
                "Noise removal",
                "Loudness",
                "Chapters",
            ),
            _premium(
                "Four episodes",
                "A month of a weekly show.",
                310,
                28,
                2,
                "Noise removal",
                "Loudness",
                "Chapters",
                "Show notes",
            ),
        ),
        questions=(_text("A link to the recordings, one track per person if you can"),),
    ),
    Offer(
        seller="ravi.menon",
        craft="voice-audio",
        title="I will mix your song so that it holds up beside the ones you love",
        description="Send stems and two songs you admire. The first mix is mine, the "
        "second is ours. Tuning and timing are included where they are needed and left "
        "alone where they are the charm.",
        tags=("mixing", "music production", "mastering"),
        packages=(
            _basic(
                "Up to 16 tracks",
                "Mix and a light master.",
                110,
                5,
                2,
                "WAV",
                "Instrumental",
            ),
            _standard(
                "Up to 48 tracks",
                "Mix and master, with vocal tuning.",
                230,
                8,
                3,
                "WAV",
                "Instrumental",
                "Stems",
                "Vocal tuning",
            ),
        ),
        questions=(_text("Two songs that sound the way yours should"),),
        pictures=1,
    ),
    Offer(
        seller="aiko.tanabe",
        craft="branding",
        title="I will create a quiet brand identity with its own lettering",
        description="For firms that would rather be remembered than noticed. I draw the "
        "name by hand, build a small alphabet around it, and choose two colours and one "
        "paper. The guide is twelve pages because nobody reads forty.",
        tags=("brand identity", "lettering", "logo design"),
        packages=(
            _basic(
                "Wordmark",
                "Your name, drawn.",
                260,
                8,
                2,
                "Vector files",
                "Two versions",
            ),
            _standard(
                "Identity",
                "Wordmark, colours, type and a guide.",
                740,
                18,
                3,
                "Vector files",
                "Twelve-page guide",
                "Stationery",
            ),
            _premium(
                "Identity and alphabet",
                "With a typeface of your own as a font file.",
                1600,
                40,
                3,
                "Vector files",
                "Twelve-page guide",
                "Stationery",
                "Font file",
            ),
        ),
        questions=(
            _text("What would be lost if your firm did not exist?"),
            _text("Three brands you respect, from any field"),
        ),
        pictures=3,
    ),
    Offer(
        seller="seller",
        craft="branding",
        title="I will find a name for your company and check that it is free",
        description="Forty candidates, eight that survive, one page about each: how it "
        "sounds in four languages, which domains are left, and what turns up in the trade "
        "mark registers. The register search is thorough, and no substitute for a lawyer.",
        tags=("naming", "brand identity", "startup"),
        packages=(
            _basic(
                "Shortlist",
                "Eight names with their reasons.",
                130,
                5,
                1,
                "Domain check",
                "Four languages",
            ),
            _standard(
                "Shortlist and search",
                "With a search of three trade mark registers.",
                290,
                8,
                2,
                "Domain check",
                "Four languages",
                "Register search",
            ),
        ),
        questions=(
            _text("What do you make, for whom?"),
            _text("Names you considered and dropped", required=False),
        ),
        pictures=2,
    ),
    Offer(
        seller="freya.nolan",
        craft="branding",
        title="I will illustrate labels for your jam, beer or soap",
        description="A label has half a second. I paint one thing, large, that belongs to "
        "what is in the jar, and set the small print so that the authorities are content. "
        "Further flavours cost much less than the first.",
        tags=("packaging", "label design", "illustration"),
        packages=(
            _basic(
                "One label",
                "Front and back.",
                160,
                9,
                2,
                "Print file",
                "Barcode",
            ),
            _standard(
                "A family of three",
                "Three flavours that know each other.",
                340,
                15,
                2,
                "Print file",
                "Barcode",
                "Shelf mock-up",
            ),
        ),
        questions=(
            _text("What is inside, and who buys it?"),
            _file("The printer's template", required=False),
        ),
        pictures=1,
    ),
    Offer(
        seller="samuel.adeyemi",
        craft="app-design",
        title="I will design the screens of your mobile app",
        description="From a napkin to files a developer can build from. I start with the "
        "one task people open your app for and make that short; then come the empty, "
        "loading and broken states that most designs forget.",
        tags=("app design", "ui design", "figma"),
        packages=(
            _basic(
                "Three screens",
                "The heart of the app.",
                190,
                5,
                2,
                "Source file",
                "Named layers",
            ),
            _standard(
                "Twelve screens",
                "A first version, with all its states.",
                680,
                12,
                3,
                "Source file",
                "Named layers",
                "Prototype",
                "Components",
            ),
            _premium(
                "Thirty screens",
                "The whole product and a small design system.",
                1500,
                28,
                4,
                "Source file",
                "Prototype",
                "Design system",
                "Dark mode",
            ),
        ),
        questions=(
            _text("What does somebody do first when they open the app?"),
            _choice(
                "Which platform comes first?", "iPhone", "Android", "Both together"
            ),
        ),
        pictures=3,
    ),
    Offer(
        seller="samuel.adeyemi",
        craft="app-design",
        title="I will test your app with five people and show you the film",
        description="Five people from your market, thirty minutes each, with your app and "
        "three tasks. You get the cut film, a list of where they stumbled, and drawings of "
        "how I would mend the worst three places.",
        tags=("usability test", "app design", "research"),
        packages=(
            _basic(
                "Three people",
                "A first look.",
                220,
                6,
                0,
                "Film",
                "Findings",
            ),
            _standard(
                "Five people",
                "Enough to see a pattern.",
                360,
                9,
                1,
                "Film",
                "Findings",
                "Three redesigns",
            ),
        ),
        questions=(_text("How do testers get the app, and which tasks matter most?"),),
        pictures=1,
    ),
    Offer(
        seller="minh.tran",
        craft="app-design",
        title="I will turn your design into a clickable prototype",
        description="Investors and grandmothers understand what they can touch. I wire your "
        "screens into a prototype that runs on a real phone from a link, with transitions "
        "that feel right and data that looks true.",
        tags=("prototype", "figma", "ui design"),
        packages=(
            _basic(
                "Ten screens",
                "One path through the app.",
                80,
                3,
                1,
                "Shareable link",
                "Real device",
            ),
            _standard(
                "Thirty screens",
                "Every path that matters.",
                210,
                6,
                2,
                "Shareable link",
                "Real device",
                "Sample data",
            ),
        ),
        questions=(_file("The design file", required=True),),
    ),
    Offer(
        seller="elena.petrova",
        craft="data-analytics",
        title="I will build a dashboard your team opens every Monday",
        description="We agree on the five numbers that change a decision, and leave out the "
        "fifty that do not. I connect your sources, write down where each number comes "
        "from, and build one page that prints well.",
        tags=("dashboard", "business intelligence", "sql"),
        packages=(
            _basic(
                "One source",
                "Five numbers from one place.",
                150,
                4,
                2,
                "Daily refresh",
                "Notes",
            ),
            _standard(
                "Three sources",
                "Joined, checked, on one page.",
                420,
                9,
                3,
                "Daily refresh",
                "Notes",
                "Alerts",
            ),
            _premium(
                "Warehouse",
                "With a small database of your own underneath.",
                1250,
                21,
                3,
                "Hourly refresh",
                "Notes",
                "Alerts",
                "Data model",
                "Handover",
            ),
        ),
        questions=(
            _text("Which decisions should the dashboard help with?"),
            _text("Where does the data live today?"),
        ),
        pictures=2,
    ),
    Offer(
        seller="elena.petrova",
        craft="data-analytics",
        title="I will clean the spreadsheet everybody is afraid of",
        description="Merged cells, three spellings of Munich, dates from 1900. I return one "
        "tidy table, the list of everything I changed, and a short recipe that keeps it "
        "clean. Your file stays with me and is deleted afterwards.",
        tags=("excel", "data cleaning", "spreadsheet"),
        packages=(
            _basic(
                "Up to 5,000 rows",
                "One sheet.",
                35,
                2,
                1,
                "Change log",
                "Tidy table",
            ),
            _standard(
                "Up to 100,000 rows",
                "Several sheets that belong together.",
                110,
                4,
                1,
                "Change log",
                "Tidy table",
                "Checks",
            ),
        ),
        questions=(
            _file("The spreadsheet", required=True),
            _text("What will you do with it when it is clean?"),
        ),
        pictures=1,
    ),
    Offer(
        seller="elena.petrova",
        craft="data-analytics",
        title="I will analyse your survey and write the page people will read",
        description="Weights, margins and the question nobody asked. You get the analysis "
        "as a script that runs again, six charts worth showing, and one page in plain "
        "language that says what the answers mean and what they do not.",
        tags=("survey", "statistics", "reporting"),
        packages=(
            _basic(
                "Up to 15 questions",
                "Tables and one page.",
                140,
                5,
                1,
                "Charts",
                "One-page summary",
            ),
            _standard(
                "Up to 60 questions",
                "With groups compared and tested.",
                330,
                9,
                2,
                "Charts",
                "One-page summary",
                "Group tests",
                "Script",
            ),
        ),
        questions=(
            _file("The answers as a table", required=True),
            _text("Who was asked, and how?"),
        ),
    ),
    Offer(
        seller="diego.marin",
        craft="ai-services",
        title="I will build a chatbot that answers from your own documents",
        description="It answers with a quotation and a link, or says that it does not know "
        "and fetches a person. I test it with fifty questions of yours before it meets a "
        "customer, and you get the results, including the wrong ones.",
        tags=("chatbot", "customer support", "automation"),
        packages=(
            _basic(
                "Trial",
                "Twenty pages, a private test page.",
                170,
                5,
                1,
                "Quotations",
                "Test report",
            ),
            _standard(
                "On your site",
                "Two hundred pages, in your colours.",
                590,
                12,
                2,
                "Quotations",
                "Test report",
                "Hand-over to people",
            ),
            _premium(
                "With your systems",
                "It can look up an order or book a visit.",
                1700,
                30,
                3,
                "Quotations",
                "Test report",
                "Hand-over to people",
                "Two integrations",
            ),
        ),
        questions=(
            _text("What do people ask you most?"),
            _file("Ten typical questions and good answers", required=False),
        ),
        pictures=3,
    ),
    Offer(
        seller="diego.marin",
        craft="ai-services",
        title="I will automate the task you do every morning",
        description="Describe what you click and copy, and I will tell you honestly whether "
        "a machine should do it. If yes: a small program, a log you can read, and a mail "
        "when something looks odd instead of a silent mistake.",
        tags=("automation", "workflow", "python"),
        packages=(
            _basic(
                "One task",
                "Between two tools.",
                90,
                4,
                1,
                "Log",
                "Alert by mail",
            ),
            _standard(
                "A chain of tasks",
                "Up to five steps with a decision.",
                280,
                8,
                2,
                "Log",
                "Alert by mail",
                "A month of repairs",
            ),
        ),
        questions=(_text("What do you do, step by step, and how often?"),),
        pictures=2,
    ),
    Offer(
        seller="diego.marin",
        craft="ai-services",
        title="I will write and test the prompts behind your product",
        description="A prompt is code without a compiler, so I treat it like code: cases "
        "first, then wording, then numbers. You get the prompts, the cases, and a script "
        "that tells you when a new model makes things worse.",
        tags=("prompt engineering", "chatbot", "evaluation"),
        packages=(
            _basic(
                "One prompt",
                "With thirty test cases.",
                100,
                3,
                1,
                "Test cases",
                "Figures",
            ),
            _standard(
                "Five prompts",
                "With two hundred test cases and a script.",
                390,
                9,
                2,
                "Test cases",
                "Figures",
                "Script",
            ),
        ),
        questions=(_text("What should the model do, and what must it never do?"),),
        pictures=1,
    ),
]

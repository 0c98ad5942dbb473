import pytest

from enrichment.extraction.names import developer, find, organisation
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load
from enrichment.records import Subject


def names(text: str, subject: Subject) -> set[str]:
    return {fact.value for fact in find((Passage(text),)) if fact.subject is subject}


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("He used stable diffusion.", "Stable Diffusion"),
        ("Made with Dall-E 3.", "DALL-E"),
        ("Claude Code ran the campaign.", "Claude Code"),
        ("The model Claude was asked.", "Claude"),
        ("A voice from Eleven Labs.", "ElevenLabs"),
        ("On Character.AI a bot answered.", "Character.AI"),
        ("The chatbot Grok replied.", "Grok"),
    ],
)
def test_tools_are_known_by_their_aliases(text: str, tool: str) -> None:
    assert tool in names(text, Subject.TOOL)


@pytest.mark.parametrize(
    "text",
    [
        "Jean-Claude Petit, an AI expert, spoke.",
        "Claude Dubois talked about an AI model.",
        "The Gemini constellation rose.",
        "They walked down the runway.",
        "Her name was Alexa.",
    ],
)
def test_people_and_ordinary_words_are_no_tools(text: str) -> None:
    assert names(text, Subject.TOOL) == set()


@pytest.mark.parametrize(
    ("text", "platforms"),
    [
        ("It spread on X and Facebook.", {"X", "Facebook"}),
        ("An X-ray was made in generation X.", set()),
        ("They met on Zoom for a video meeting.", {"Zoom"}),
        ("Zoom in on the picture.", set()),
        ("There was a sign of discord.", set()),
        ("A Discord server was used.", {"Discord"}),
        ("Sold over Telegram app groups on the dark web.", {"Telegram", "dark web"}),
    ],
)
def test_platforms_need_their_context(text: str, platforms: set[str]) -> None:
    assert names(text, Subject.PLATFORM) == platforms


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("metropolitan-police-service", "Metropolitan Police Service"),
        ("Met Police", "Metropolitan Police Service"),
        ("openai", "OpenAI"),
        ("meta", "Meta"),
        ("x-(twitter)", "X"),
        ("FBI", "Federal Bureau of Investigation"),
        ("uk-home-office", "Home Office"),
        ("department-for-work-and-pensions-(dwp)", "Department for Work and Pensions"),
        ("jefferson-parish-sheriff's-office", "Jefferson Parish Sheriff's Office"),
        ("university-of-nowhere", "University of Nowhere"),
        ("Example Robotics Ltd", "Example Robotics Ltd"),
    ],
)
def test_an_organisation_has_one_name(given: str, name: str) -> None:
    assert organisation(given) == name


@pytest.mark.parametrize(
    "given",
    [
        "jane-example",
        "facebook-users",
        "tesla-drivers",
        "unknown-scammers",
        "general-public-of-kenya",
        "students",
        "",
    ],
)
def test_what_may_be_a_person_or_a_crowd_is_no_organisation(given: str) -> None:
    assert organisation(given) is None


def test_the_developer_of_a_known_tool_is_told() -> None:
    assert developer("ChatGPT") == "OpenAI"
    assert developer("WormGPT") is None


def test_a_person_is_never_among_the_findings() -> None:
    assert find((Passage("Jane Example of Exampleton told John Sample about it."),)) == []


@pytest.mark.parametrize("listing", ["tools", "platforms", "organisations"])
def test_no_alias_stands_for_two_names(listing: str) -> None:
    entries = load(listing)
    if listing == "organisations":
        entries = [entry for group in entries for entry in group["entries"]]
    meant: dict[str, str] = {}
    for entry in [{"name": one} if isinstance(one, str) else one for one in entries]:
        for alias in {entry["name"], *entry.get("aliases", []), *entry.get("doubtful", [])}:
            assert meant.setdefault(alias, entry["name"]) == entry["name"], alias


@pytest.mark.parametrize(
    ("text", "subject", "name"),
    [
        ("Met detectives arrested a man.", Subject.ORGANISATION, "Metropolitan Police Service"),
        ("Detectives from the Met said so.", Subject.ORGANISATION, "Metropolitan Police Service"),
        ("The US SEC sued.", Subject.ORGANISATION, "US Securities and Exchange Commission"),
        ("OpenAI's chatbot wrote it.", Subject.TOOL, "ChatGPT"),
        ("Anthropic’s AI model was misused.", Subject.TOOL, "Claude"),
        ("Elon Musk's chatbot drew it.", Subject.TOOL, "Grok"),
        ("X removed the clip.", Subject.PLATFORM, "X"),
        ("It was on Twitter.", Subject.PLATFORM, "X"),
    ],
)
def test_one_thing_has_one_name_whatever_a_text_calls_it(text: str, subject: Subject, name: str) -> None:
    assert names(text, subject) == {name}


def test_the_maker_inside_a_product_s_name_is_no_organisation() -> None:
    assert names("They met on Microsoft Teams.", Subject.ORGANISATION) == set()
    assert names("Microsoft's Copilot wrote it.", Subject.ORGANISATION) == {"Microsoft"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("He was jailed at Stoke-on-Trent Crown Court.", "Stoke-on-Trent Crown Court"),
        ("In Tokyo District Court he said so.", "Tokyo District Court"),
        ("The Michigan State Police called.", "Michigan State Police"),
        ("Ofcom fined Itai Tech Ltd again.", "Itai Tech Ltd"),
        ("Larkfield Insurance paid in full.", "Larkfield Insurance"),
        ("The Port Maritime Security Agency wrote to crews.", "Port Maritime Security Agency"),
        ("Doctors at Saint Odo Teaching Hospital were imitated.", "Saint Odo Teaching Hospital"),
        ("A note by Quillet Labs warns of it.", "Quillet Labs"),
        (
            "The Ministry of Post and Telecommunications condemned it.",
            "Ministry of Post and Telecommunications",
        ),
        ("Staff of the Department of Education's office paid.", "Department of Education"),
    ],
)
def test_an_organisation_on_no_list_is_found_by_its_first_or_last_words(text: str, name: str) -> None:
    assert name in names(text, Subject.ORGANISATION)


def test_no_school_and_no_person_is_found_by_the_form_of_a_name() -> None:
    text = (
        "Jane Porter, a pupil of Hillside High School, spoke to Police Constable Adam Reed. National "
        "Insurance and Travel Insurance were not due."
    )
    assert names(text, Subject.ORGANISATION) == set()


@pytest.mark.parametrize("name", ["DeepSeek", "MiniMax"])
def test_a_product_named_as_its_maker_is_one_or_the_other(name: str) -> None:
    made = f"He wrote it with {name}."
    assert (names(made, Subject.TOOL), names(made, Subject.ORGANISATION)) == ({name}, set())
    acted = f"The AI firms Anthropic and {name} fell out."
    assert name in names(acted, Subject.ORGANISATION) - names(acted, Subject.TOOL)


@pytest.mark.parametrize(
    "text", ["John Deloitte paid.", "Laura Ferrari lost her voice.", "Arup Roy was jailed."]
)
def test_nobodys_surname_is_an_organisation(text: str) -> None:
    assert names(text, Subject.ORGANISATION) == set()


@pytest.mark.parametrize(
    ("text", "organisations"),
    [
        (
            "The Independent Office for Police Conduct took the file.",
            {"Independent Office for Police Conduct"},
        ),
        (
            "The Independent Review Panel met, The Independent reports.",
            {"Independent Review Panel", "The Independent"},
        ),
        ("Turku-based Orlin Foods Ltd paid.", {"Orlin Foods Ltd"}),
        ("The University of Turku and Orlin Foods Ltd paid.", {"University of Turku", "Orlin Foods Ltd"}),
        ("The Department of Science and Technology paid.", {"Department of Science and Technology"}),
        ("Orlin, a family brewery in Turku, paid.", {"Orlin"}),
        ("Tornway Mills, a carpet maker, was cheated.", {"Tornway Mills"}),
        ("Petra Holm, a clerk at a brewery, was cheated.", set()),
        ("Peter Holm, a bank manager, was cheated.", set()),
        ("On Monday, a company in Turku was cheated.", set()),
        ("A clerk in Turku, a company town, was cheated.", set()),
        (
            "Health Canada and the MHRA warned.",
            {"Health Canada", "Medicines and Healthcare products Regulatory Agency"},
        ),
    ],
)
def test_an_organisation_keeps_its_own_name_and_no_more(text: str, organisations: set[str]) -> None:
    assert names(text, Subject.ORGANISATION) == organisations


@pytest.mark.parametrize(
    ("text", "organisations"),
    [
        ("The accountant of Groupe Ferlin paid.", {"Groupe Ferlin"}),
        ("The biotech firm Solvane Biologics fell.", {"Solvane Biologics"}),
        ("Marwick, a lender in Leeds, was cheated.", {"Marwick"}),
        ("The engineering group Haldane paid.", {"Haldane"}),
        ("Staff at Brindleford were called.", {"Brindleford"}),
        ("He opened a ticket at Orlow Cloud.", {"Orlow Cloud"}),
        ("Quillon AI said that it banned the accounts.", {"Quillon AI"}),
        ("Quillon AI, 3 March 2025. We banned the accounts.", {"Quillon AI"}),
        ("A call copied Brindleford's chief executive.", {"Brindleford"}),
        ("The law firm Deller & Sons was imitated.", {"Deller & Sons"}),
        ("The law firm Deller & Harrow was imitated.", {"Deller & Harrow"}),
        ("Cleaners thanked the Ferlin City Police Foundation.", {"Ferlin City Police Foundation"}),
        ("The mine that Orlin Fields of Ferlin Ltd owns paid.", {"Orlin Fields of Ferlin Ltd"}),
        ("Papers such as those of News Corp were copied.", {"News Corp"}),
        ("The two told Orlin Foods Ltd so.", {"Orlin Foods Ltd"}),
        ("Ada Example of Orlin Software noticed it.", {"Orlin Software"}),
        ("The Royal Borough of Ferlin Police said so.", {"Royal Borough of Ferlin Police"}),
        ("Ruritania's National Police Board said so.", {"Ruritania's National Police Board"}),
        ("The Reserve Bank of Ruritania warned.", {"Reserve Bank of Ruritania"}),
        ("She spoke for the British Heron Trust, a bird charity.", {"British Heron Trust"}),
    ],
)
def test_a_firm_without_a_legal_form_is_known_by_what_is_said_of_it(
    text: str, organisations: set[str]
) -> None:
    assert names(text, Subject.ORGANISATION) == organisations


@pytest.mark.parametrize(
    "text",
    [
        "Peter Marsh, a lender in Leeds, was duped.",
        "Anna Reed, a publisher in Leeds, was duped.",
        "Staff at Peter Marsh's house cried.",
        "Anna, a retailer in Leeds, was duped.",
        "The company Anna runs was hit.",
        "The bank CEO Peter Marsh was copied.",
        "The firm Mr Gray owns paid.",
        "The company Wednesday said so.",
        "Employees at Leeds airport were told.",
        "Workers at London docks were told.",
        "Staff at Downham school were told.",
        "Anna Cloud said so, and Peter Security agreed.",
        "The Israeli CEO was copied.",
        "Local Media reported it. Payment Systems had failed, and Market Research found why.",
        "Startup CEO and Billionaire CEO were copied. Riot Police came.",
        "A retailer Peter Jones knew was hit.",
        "He wrote cheques to Meritfold, which is a company Hargrove owned.",
        "The company Hargrove founded was hit. Hargrove shares her story.",
        "Owner Of Tobacco Company Indicted For Theft. He said no more.",
        "Clerk Sentenced For Bank Robbery. Three Bank Accounts Were Compromised.",
        "Defendant Installed Keylogging Software To Obtain Passwords And Other Data",
        "It was shown at the Consumer Electronics Show and the Leisure Software Publishers Association.",
        "She is CEO of Applications, and he is director of Emerging Technologies.",
        "He thanked the Fiscalía Hargrove.",
        "A caller asked for the bank OTP, and the bank EMI bounced.",
    ],
)
def test_no_private_person_is_a_firm(text: str) -> None:
    assert names(text, Subject.ORGANISATION) == set()


@pytest.mark.parametrize(
    ("text", "organisations"),
    [
        ("The Tribunale di Bari and the Procura di Lecce agreed.", {"Tribunale di Bari", "Procura di Lecce"}),
        ("Polda Jawa Barat and Polres Metro Bekasi said so.", {"Polda Jawa Barat", "Polres Metro Bekasi"}),
        ("The Staatsanwaltschaft Köln charged two men.", {"Staatsanwaltschaft Köln"}),
        ("Procon-RJ fined two shops.", {"Procon-RJ"}),
        ("Kerala ATS and Rajasthan Police held two men.", {"Kerala ATS", "Rajasthan Police"}),
        ("The Southern District of New York indicted him.", {"Southern District of New York"}),
        (
            "The FSCA, the Dutch ACM and Anvisa warned.",
            {"Financial Sector Conduct Authority", "Autoriteit Consument en Markt", "Anvisa"},
        ),
        ("The ACM, a society of computer scientists, met.", set()),
        ("NBI agents in Manila held two men.", {"National Bureau of Investigation of the Philippines"}),
        ("The NBI had no comment.", set()),
        ("The AFP held a man in Melbourne.", {"Australian Federal Police"}),
        ("AFP reports from Paris.", set()),
        ("A flight to SFO was late.", set()),
        ("The Metropolitan Police Department said so.", {"Metropolitan Police Department"}),
        (
            "In Japan the Metropolitan Police Department held three boys.",
            {"Tokyo Metropolitan Police Department"},
        ),
        ("Ireland's Department of Justice said so.", {"Ireland's Department of Justice"}),
        ("The Philippine Department of Justice said so.", {"Philippine Department of Justice"}),
        ("The US Department of Justice said so.", {"US Department of Justice"}),
    ],
)
def test_agencies_of_many_countries_are_told_apart(text: str, organisations: set[str]) -> None:
    assert names(text, Subject.ORGANISATION) == organisations


def test_who_speaks_in_a_title_is_known_by_its_last_word() -> None:
    title = Passage("Larkfell Security: machine-written lures hit Payroll Staff", "title")
    assert [(fact.value, fact.quote) for fact in find((title,))] == [
        ("Larkfell Security", "Larkfell Security")
    ]

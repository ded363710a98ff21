"""The stock of invented names: people, companies, places and devices of the demo world."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(";"))


WOMEN = {
    "en": _names(
        "Miriam;Alice;Judith;Priscilla;Eleanor;Harriet;Olivia;Frances;Joyce;Naomi;Rachel;"
        "Sonia;Yvonne;Beatrice;Clare;Dorothy;Fiona;Grace;Imogen;Kirsty"
    ),
    "de": _names(
        "Sabine;Petra;Anke;Ulrike;Heike;Martina;Silke;Friederike;Annette;Cornelia;Elke;"
        "Gudrun;Ilka;Johanna;Kerstin;Margit;Renate;Susanne;Verena;Wiebke"
    ),
}
MEN = {
    "en": _names(
        "Jonathan;Colin;Graham;Desmond;Edwin;Patrick;Rupert;Alastair;Malcolm;Neville;Owen;"
        "Stuart;Trevor;Victor;Walter;Duncan;Hugh;Leonard;Martin;Simon"
    ),
    "de": _names(
        "Jens;Holger;Torsten;Ulrich;Rainer;Matthias;Karsten;Bernd;Dieter;Eckhard;Frank;"
        "Gerd;Henning;Joachim;Klaus;Lothar;Norbert;Ralf;Stefan;Volker"
    ),
}
SURNAMES = {
    "en": _names(
        "Thornton;Okafor;Pemberton;Ashdown;Calloway;Drummond;Ellery;Fairburn;Gresham;Hallam;"
        "Iveson;Jardine;Kettering;Lomax;Merrick;Norwood;Oakeley;Prescott;Quill;Radcliffe;"
        "Selwyn;Tremaine;Underhill;Venning;Wadham;Yardley;Abara;Bannister;Chaudhry;Dacre;"
        "Edgerton;Fonseca;Garrick;Hexham;Inglis;Kirkbride;Latimer;Mwangi;Nettleton;Orford"
    ),
    "de": _names(
        "Lindner;Brockhaus;Dreyer;Eggers;Fahrenholz;Gerlach;Hollweg;Immken;Jessen;"
        "Kaltenbach;Lührs;Mertens;Niehaus;Osterkamp;Pauli;Quast;Rademacher;Stelling;Tiemann;"
        "Uhlig;Vehling;Wittrock;Zabel;Ahrend;Behnke;Clasen;Dohrn;Evers;Frerichs;Goldbach;"
        "Harms;Ihde;Jürgens;Kröger;Loges;Möhring;Nolte;Oltmann;Plate;Reimann"
    ),
}

# name, industry, country, employees
LARGE_COMPANIES = (
    ("Meridian Cold Storage", "cold storage", "GB", 640),
    ("Castle Row Grocers", "food retail", "GB", 1850),
    ("Penhale Dairies", "dairy", "GB", 420),
    ("Thornbury Pharma Logistics", "pharma logistics", "GB", 780),
    ("Brinkmann Frischelogistik", "food logistics", "DE", 910),
    ("Molkerei Sennhof", "dairy", "DE", 380),
    ("Wexcombe Hospitals", "health care", "GB", 5200),
    ("Ostler & Vane Catering", "catering", "GB", 260),
    ("Klinikum Auetal", "health care", "DE", 3100),
    ("Ostermoor Fleischwaren", "meat processing", "DE", 530),
    ("Kingsferry Seafood", "fish processing", "GB", 190),
    ("Halvorsen Provisions", "food wholesale", "GB", 1400),
    ("Brackley Farm Foods", "food production", "GB", 330),
    ("Hansekai Logistik", "logistics", "DE", 1200),
    ("Larkhill Breweries", "brewing", "GB", 410),
    ("Tidewell Hotels", "hotels", "GB", 2300),
    ("Rehwald Pharma", "pharma", "DE", 870),
    ("Stowmere Data Centres", "data centres", "GB", 150),
    ("Backhaus Lindemann", "bakery chain", "DE", 690),
    ("Ardleigh Florists Group", "flower trade", "GB", 240),
    ("Cedar Run Creamery", "dairy", "GB", 310),
    ("Quayside Wholesale", "food wholesale", "GB", 470),
    ("Kellerberg Getränke", "beverages", "DE", 350),
    ("Fernhurst Laboratories", "laboratories", "GB", 520),
    ("Vossfeld Obsthof", "fruit growing", "DE", 120),
    ("Pike & Dellinger Foods", "food production", "GB", 980),
    ("Labor Dr. Immig", "laboratories", "DE", 210),
    ("Glenavon Foods", "food production", "GB", 610),
    ("Wiesengrund Catering", "catering", "DE", 290),
    ("Marlowe Fresh", "food retail", "GB", 1340),
    ("Hollins Bridge Cold Chain", "cold storage", "GB", 220),
    ("Nordlicht Hotels", "hotels", "DE", 760),
    ("Blue Mesa Produce", "fruit trade", "GB", 450),
    ("Tallis Research Park", "laboratories", "GB", 340),
    ("Steinacker Tiefkühlkost", "frozen food", "DE", 560),
    ("Rowan & Pike Supermarkets", "food retail", "GB", 2700),
    ("Westbrook Biologics", "pharma", "GB", 390),
    ("Eichgraben Märkte", "food retail", "DE", 1500),
    ("Sandwick Salmon", "fish processing", "GB", 280),
    ("Copperfield Kitchens", "catering", "GB", 170),
)
SMALL_TRADES = {
    "en": (
        ("{} Butchers", "butcher"),
        ("{} Bakery", "bakery"),
        ("Hotel {}", "hotel"),
        ("{} Pharmacy", "pharmacy"),
        ("{} & Daughters Catering", "catering"),
        ("{} Flowers", "flower trade"),
        ("{} Fish Market", "fishmonger"),
        ("{} Ice Cream", "ice cream"),
    ),
    "de": (
        ("Fleischerei {}", "butcher"),
        ("Bäckerei {}", "bakery"),
        ("Landhotel {}", "hotel"),
        ("{} Apotheke", "pharmacy"),
        ("Partyservice {}", "catering"),
        ("Blumen {}", "flower trade"),
        ("Fischhaus {}", "fishmonger"),
        ("Hofladen {}", "farm shop"),
    ),
}
SITES = {
    "en": _names(
        "Mill Lane;Station Yard;the Eastgate hall;Dock Road;Priory Court;the north warehouse;"
        "Foundry Park;Bell Street;the Ashby depot;Canal Wharf;Orchard Road;the Leeds kitchen;"
        "Weir House;Tanner's Row;building 4;Bridge Street;Cooper's Yard;Victoria Wharf;"
        "Sugar House;Elm Road;the Redmire depot;Chapel Lane;Gasworks Lane;the upper dairy;"
        "Tollgate;Saltmarsh Road;Queen's Arcade;Lime Kiln;the east kitchen;Ferry Lane;Maltings;"
        "Hillcrest;Ropewalk;Beacon Road;building 7;Turnpike Lane;the packing hall;St Anne's;"
        "Orford Street;Granary Court"
    ),
    "de": _names(
        "Halle 2;Werk Nord;Hafenstraße;Lager Ost;Standort Billbrook;Halle 7;Filiale Markt;"
        "Küche Süd;Haus C;Werk Lüneburg;Kaistraße;Verteilzentrum West;Standort Stade;"
        "Gebäude 11;Mühlenweg;Halle 4;Werk Süd;Lager West;Am Speicher;Bahnhofstraße;Haus A;"
        "Küche Nord;Verteilzentrum Ost;Filiale Rathaus;Gebäude 3;Standort Winsen;Deichstraße;"
        "Halle 9;Ladehof;Standort Buxtehude;Werk Elbe;Lager 12"
    ),
}
SMALL_SITES = {
    "en": _names(
        "the shop;the cellar;the back room;the kitchen;the yard store;the market stall;"
        "the second shop;the delivery room"
    ),
    "de": _names("Filiale Markt;Filiale Bahnhof;Filiale Kirchstraße;Küche 1;Kühlhaus 1;Kühlhaus 2;Lager Hof;Halle 2"),
}
UNITS = ("CR-180", "CR-240", "CR-320", "VT-12", "VT-18", "RX-90", "RX-140", "Polara 6", "Polara 9")
TITLES = {
    "en": (
        ("Operations Director", "decides"),
        ("Facilities Manager", "champion"),
        ("Purchasing Lead", "buyer"),
        ("Technical Manager", "technical"),
        ("Finance Director", "approver"),
        ("Site Manager", "user"),
    ),
    "de": (
        ("Leiter Betrieb", "decides"),
        ("Leitung Gebäudetechnik", "champion"),
        ("Einkauf", "buyer"),
        ("Technische Leitung", "technical"),
        ("Kaufmännische Leitung", "approver"),
        ("Standortleitung", "user"),
    ),
}

# The beginnings of number ranges kept for fiction, with the length of what follows.
# Germany: Bundesnetzagentur, numbers for media; UK: Ofcom, numbers for drama.
NUMBER_RANGES = {
    "DE": tuple((begin, 3) for begin in ("+493023125", "+496990009", "+494066969", "+492214710", "+498999998")),
    "GB": tuple(
        (begin, 3)
        for begin in (
            "+442079460",
            "+441614960",
            "+441214960",
            "+441174960",
            "+441134960",
            "+441914980",
            "+441414960",
        )
    ),
}

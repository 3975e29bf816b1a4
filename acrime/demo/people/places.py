"""Where people come from and where they live."""

from dataclasses import dataclass

from acrime.individuals.choices import CodeSystem


@dataclass(frozen=True)
class Origin:
    """A country of birth, in each code system as that system writes it.

    Attributes:
        ncic: NCIC's codes; of Mexico and the United States, those of states.
        ident: the code in IDENT.
        dhs: the five letters.
        name: as passports of the country are recorded.
    """

    ncic: tuple[str, ...]
    ident: str
    dhs: str
    name: str

    def code(self, system: CodeSystem, turn: int) -> str:
        """The country's code; *turn* chooses among several."""
        if system == CodeSystem.NCIC:
            return self.ncic[turn % len(self.ncic)]
        return self.ident if system == CodeSystem.IDENT else self.dhs


def _origin(ncic: str, ident: str, dhs: str, name: str) -> Origin:
    return Origin(tuple(ncic.split()), ident, dhs, name)


_MEXICO = _origin(
    "JL GU MR GR PB OA VC MX CI ZA DF DO SI SO NL TA HL SL CH QU NA CL YU", "MX", "MEXIC", "MEXICO"
)

# The first is the most common, and so on.
ORIGINS = {
    "SPANISH": (
        _MEXICO,
        _origin("GT", "GT", "GUATE", "GUATEMALA"),
        _origin("HD", "HN", "HONDU", "HONDURAS"),
        _origin("EL", "SV", "ELSAL", "EL SALVADOR"),
        _origin("VZ", "VE", "VENEZ", "VENEZUELA"),
        _origin("CB", "CO", "COLOM", "COLOMBIA"),
        _origin("EU", "EC", "ECUAD", "ECUADOR"),
        _origin("CC", "CU", "CUBA", "CUBA"),
        _origin("DR", "DO", "DOMRE", "DOMINICAN REPUBLIC"),
        _origin("NU", "NI", "NICAR", "NICARAGUA"),
        _origin("PU", "PE", "PERU", "PERU"),
    ),
    "ARABIC": (
        _origin("IQ", "IQ", "IRAQ", "IRAQ"),
        _origin("SM", "SO", "SOMAL", "SOMALIA"),
        _origin("EY", "EG", "EGYPT", "EGYPT"),
        _origin("SY", "SY", "SYRIA", "SYRIA"),
        _origin("RY", "YE", "YEMEN", "YEMEN"),
        _origin("JO", "JO", "JORDA", "JORDAN"),
        _origin("LN", "LB", "LEBAN", "LEBANON"),
        _origin("MQ", "MA", "MOROC", "MOROCCO"),
        _origin("SU", "SD", "SUDAN", "SUDAN"),
    ),
    "CHINESE": (
        _origin("RC", "CN", "CHINA", "CHINA"),
        _origin("TW", "TW", "TAIWA", "TAIWAN"),
        _origin("HK", "HK", "HONGK", "HONG KONG"),
        _origin("MZ", "MY", "MALAY", "MALAYSIA"),
    ),
    "VIETNAMESE": (_origin("RV", "VN", "VIETN", "VIETNAM"),),
    "SLAVIC": (
        _origin("RF", "RU", "RUSSI", "RUSSIA"),
        _origin("UK", "UA", "UKRAI", "UKRAINE"),
        _origin("PO", "PL", "POLAN", "POLAND"),
        _origin("BG", "BG", "BULGA", "BULGARIA"),
        _origin("XA", "RS", "SERBI", "SERBIA"),
        _origin("LD", "MD", "MOLDO", "MOLDOVA"),
    ),
    "SOUTH_ASIAN": (
        _origin("II", "IN", "INDIA", "INDIA"),
        _origin("PK", "PK", "PAKIS", "PAKISTAN"),
        _origin("BL", "BD", "BANGL", "BANGLADESH"),
        _origin("NP", "NP", "NEPAL", "NEPAL"),
        _origin("CY", "LK", "SRILA", "SRI LANKA"),
    ),
    "WEST_AFRICAN": (
        _origin("NG", "NG", "NIGER", "NIGERIA"),
        _origin("GG", "GH", "GHANA", "GHANA"),
        _origin("SG", "SN", "SENEG", "SENEGAL"),
        _origin("GI", "GN", "GUINE", "GUINEA"),
        _origin("SA", "SL", "SIERR", "SIERRA LEONE"),
        _origin("ML", "ML", "MALI", "MALI"),
        _origin("LB", "LR", "LIBER", "LIBERIA"),
    ),
    "HAITIAN": (
        _origin("HT", "HT", "HAITI", "HAITI"),
        _origin("ZR", "CD", "DRCON", "CONGO"),
        _origin("FN", "FR", "FRANC", "FRANCE"),
    ),
    "PORTUGUESE": (
        _origin("BZ", "BR", "BRAZI", "BRAZIL"),
        _origin("CV", "CV", "CAVER", "CAPE VERDE"),
        _origin("PT", "PT", "PORTU", "PORTUGAL"),
        _origin("AO", "AO", "ANGOL", "ANGOLA"),
    ),
    "ENGLISH": (
        _origin("TX CA FL NY GA IL NC OH VA", "US", "USA", "UNITED STATES"),
        _origin("JM", "JM", "JAMAI", "JAMAICA"),
        _origin("TT", "TT", "TRINI", "TRINIDAD"),
        _origin("GY", "GY", "GUYAN", "GUYANA"),
        _origin("UN", "GB", "UNKIN", "UNITED KINGDOM"),
        _origin("ON BC PQ", "CA", "CANAD", "CANADA"),
    ),
}

# City, state and the first three digits of its postal codes.
TOWNS = tuple(
    tuple(each.split(", "))
    for each in """HOUSTON, TX, 770
LOS ANGELES, CA, 900
DALLAS, TX, 752
CHICAGO, IL, 606
MIAMI, FL, 331
PHOENIX, AZ, 850
BROOKLYN, NY, 112
SAN ANTONIO, TX, 782
SAN DIEGO, CA, 921
EL PASO, TX, 799
ATLANTA, GA, 303
ORLANDO, FL, 328
FRESNO, CA, 937
DENVER, CO, 802
NEWARK, NJ, 071
BOSTON, MA, 021
CHARLOTTE, NC, 282
LAREDO, TX, 780
SEATTLE, WA, 981
MINNEAPOLIS, MN, 554
COLUMBUS, OH, 432
NEW ORLEANS, LA, 701
OMAHA, NE, 681
PROVIDENCE, RI, 029
BURLINGTON, VT, 054
KANSAS CITY, MO, 641
LAS VEGAS, NV, 891
SALT LAKE CITY, UT, 841
NASHVILLE, TN, 372
DETROIT, MI, 482""".splitlines()
)
_STREETS = """
    MAIN OAK PINE MAPLE CEDAR ELM WASHINGTON LAKE HILL WALNUT SPRING NORTH RIDGE CHURCH MILL
    RIVER PARK SUNSET JACKSON FRANKLIN CHERRY HIGHLAND CENTER PROSPECT JEFFERSON MADISON MARKET
    UNION WATER GREEN"""
STREETS = tuple(_STREETS.split())
WAYS = ("ST", "AVE", "RD", "DR", "LN", "BLVD", "CT", "PL")

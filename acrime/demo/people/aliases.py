"""How one person comes to have several names: rules by which aliases are made.

The figures of the search are taken on rules of their own (``acrime.bench.perturbing``), so that
the search is not measured on the very spellings that it was filled with.
"""

from random import Random

from acrime.demo.people.names import Name, Tradition

# Spellings of the same name, of which any may be received.
SPELLINGS = tuple(
    tuple(line.split())
    for line in """MOHAMMED MUHAMMAD MOHAMED MOHAMAD MOHAMMAD MUHAMMED
AHMED AHMAD
HUSSEIN HUSSAIN HUSAYN HOSSEIN HUSEIN
HASSAN HASAN
OMAR UMAR OMER
KHALED KHALID
MUSTAFA MOUSTAFA MUSTAPHA
YOUSSEF YUSUF YOUSEF YOUSUF YUSSUF
ABDULLAH ABDALLAH ABDULLA
ABDELRAHMAN ABDULRAHMAN ABDURAHMAN ABDIRAHMAN
ABDELAZIZ ABDULAZIZ
ABDELKADER ABDULQADIR ABDIKADIR
MAHMOUD MAHMUD
SAID SAEED SAYED
TAREK TARIQ TARIK
FAISAL FAYSAL
SULEIMAN SULAYMAN SOLIMAN SULEYMAN
OSAMA USAMA
OSMAN UTHMAN OTHMAN
QASIM KASSEM QASSIM KASIM
NOUR NOOR NUR
AISHA AYSHA AICHA
FATIMA FATMA FATIMAH
MARIAM MARYAM MERYEM
ZAINAB ZEINAB ZAYNAB
LAYLA LEILA LAILA
MUSA MOUSSA
ISSA ISA EISSA
ALEKSANDR ALEXANDER OLEKSANDR ALEXANDR
SERGEI SERGEY SERHIY SERGUEI
ALEKSEI ALEXEY OLEKSIY ALEXEI
DMITRI DMITRY DMYTRO DIMITRI
NIKOLAI NIKOLAY MYKOLA
MIKHAIL MYKHAILO MICHAIL
YURI YURIY IOURI
VASILI VASILY VASYL
EVGENI YEVGENY EVGENIY YEVHEN
VITALI VITALIY VITALY
GRIGORI GRIGORY HRYHORIY
ANDREI ANDREY ANDRIY
VLADIMIR VOLODYMYR WLADIMIR
IGOR IHOR
EKATERINA YEKATERINA KATERYNA
TATIANA TATYANA TETIANA
NATALIA NATALYA NATALIYA
YULIA IULIIA JULIA
ELENA YELENA OLENA
JOVANOVIC JOVANOVICH YOVANOVIC
PETROVIC PETROVICH
SHEVCHENKO SHEVTCHENKO CHEVCHENKO
TKACHENKO TKATCHENKO
WANG WONG
ZHANG CHANG CHEUNG
LIU LAU LIOU
CHEN CHAN TAN
HUANG WONG HWANG
ZHAO CHAO CHIU
WU NG
ZHOU CHOU CHOW
XU HSU HUI
GUO KUO KWOK
ZHENG CHENG
XIE HSIEH TSE
CAI TSAI CHOI
LIN LAM
NGUYEN NGUEN NGUYAN
HUYNH HUINH HOANG
VU VO
MUHAMMAD MOHAMMAD MD
RAHMAN REHMAN RAHAMAN
HOSSAIN HUSSAIN HOSSEN
CHAUDHRY CHOWDHURY CHOUDHARY CHAUDHARY
SIDDIQUI SIDDIQI
QURESHI KURESHI
BANERJEE BANNERJI BANDYOPADHYAY
DIALLO JALLOH DJALLO
BAH BA
TOURE TURAY
CAMARA KAMARA
TRAORE TRAWALLY
NDIAYE N'DIAYE
IBRAHIM IBRAHIMA EBRAHIM
MAMADOU MAMADU
BOUBACAR BUBACARR
HERNANDEZ FERNANDEZ
GONZALEZ GONZALES
RODRIGUEZ RODRIGUES
PEREZ PERES
SANCHEZ SANCHES
VASQUEZ VAZQUEZ
JIMENEZ GIMENEZ
CORTEZ CORTES
VALDEZ VALDES
SOUZA SOUSA
LUIZ LUIS
BATISTA BAPTISTA
THERESE THERESA
JEAN JOHN
PHILIPPE PHILLIPE
FRANCOIS FRANCOISE""".splitlines()
)
# Of a name that is in several lists, the first counts.
_SPELT: dict[str, tuple[str, ...]] = {}
for _list in SPELLINGS:
    for _name in _list:
        _SPELT.setdefault(_name, tuple(other for other in _list if other != _name))


def alias_of(name: Name, *, tradition: Tradition, woman: bool, random: Random) -> Name | None:
    """Another name of the person called *name*; None where the rule that was drawn makes none."""
    draw = random.random()
    if draw < 0.35:
        return respelt(name, random)
    if draw < 0.50:
        return swapped(name)
    if draw < 0.75:
        return partly(name, random)
    if draw < 0.85 and woman:
        return Name(tradition.surname(random), name.first, name.middle)
    # One that is used in place of one's own.
    return Name(name.last, tradition.given(random, woman=woman), "")


def respelt(name: Name, random: Random) -> Name | None:
    """The same name in another transliteration."""
    last, first = _respelt(name.last, random), _respelt(name.first, random)
    return Name(last, first, name.middle) if (last, first) != (name.last, name.first) else None


def swapped(name: Name) -> Name | None:
    """The first name taken for the last one."""
    return Name(name.first, name.last, name.middle) if name.first else None


def partly(name: Name, random: Random) -> Name | None:
    """A name of which parts are missing."""
    parts = name.last.replace("-", " ").split()
    if len(parts) > 1 and random.random() < 0.7:
        keep = parts[-1] if random.random() < 0.3 else parts[0]
        if len(keep) > 3:
            return Name(keep, name.first, name.middle)
    if name.middle:
        return Name(name.last, name.first, "")
    given = name.first.replace("-", " ").split()
    return Name(name.last, given[0], "") if len(given) > 1 else None


def _respelt(part: str, random: Random) -> str:
    words = part.split(" ")
    return " ".join(random.choice(_SPELT[word]) if word in _SPELT else word for word in words)

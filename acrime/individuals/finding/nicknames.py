"""Short forms of first names. Pure.

A small table of our own: the forms that neither letters nor sound bring together. It is
asked in both directions, and only for names looked for; names are never rewritten.
"""

from collections.abc import Mapping

# A name, and what its bearers are called.
_SHORT: Mapping[str, str] = {
    "ABDULLAH": "ABDUL ABDU",
    "ALBERTO": "BETO",
    "ALEJANDRO": "ALEX ALE JANDRO",
    "ALEKSANDR": "SASHA ALEX",
    "ALEXANDER": "ALEX SASHA SANDY XANDER",
    "ALFONSO": "PONCHO",
    "ANDREW": "ANDY DREW",
    "ANTHONY": "TONY",
    "ANTONIO": "TONY TONO",
    "BARTHOLOMEW": "BART",
    "BENJAMIN": "BEN",
    "CATHERINE": "CATHY KATE KATHY",
    "CHARLES": "CHARLIE CHUCK",
    "CHRISTOPHER": "CHRIS KIT",
    "CONCEPCION": "CONCHA CONCHITA",
    "DANIEL": "DAN DANNY",
    "DIMITRI": "DIMA MITYA",
    "DMITRY": "DIMA MITYA",
    "DOLORES": "LOLA",
    "EDUARDO": "EDDIE LALO",
    "EDWARD": "ED EDDIE NED TED",
    "ELIZABETH": "BESS BETH BETTY LIZ LIZZIE",
    "ENRIQUE": "KIKE QUIQUE",
    "ERNESTO": "NETO",
    "EVGENY": "ZHENYA",
    "FRANCIS": "FRANK",
    "FRANCISCO": "PACO PANCHO CISCO FRANK",
    "GERARDO": "GERA JERRY",
    "GRIGORY": "GRISHA",
    "GUADALUPE": "LUPE LUPITA",
    "GUILLERMO": "MEMO BILL",
    "HENRY": "HANK HARRY",
    "IGNACIO": "NACHO",
    "IVAN": "VANYA",
    "JACOB": "JAKE",
    "JAMES": "JIM JIMMY JAMIE",
    "JESUS": "CHUY",
    "JOHN": "JACK JOHNNY",
    "JOSE": "PEPE CHEPE",
    "JOSEPH": "JOE JOEY",
    "KATHERINE": "KATE KATHY KATYA",
    "KONSTANTIN": "KOSTYA",
    "LAWRENCE": "LARRY",
    "LUIS": "LUCHO",
    "MANUEL": "MANNY MANOLO MEMO",
    "MARGARET": "MAGGIE MEG PEGGY",
    "MARIA": "MARY MASHA",
    "MICHAEL": "MICK MIKE",
    "MIKHAIL": "MISHA",
    "MOHAMMED": "MO MOE",
    "MUHAMMAD": "MO MOE",
    "NIKOLAI": "KOLYA",
    "OLEKSANDR": "SASHA",
    "PATRICIA": "PAT PATTY TRICIA",
    "PATRICK": "PADDY PAT",
    "PAVEL": "PASHA",
    "REBECCA": "BECKY",
    "RICARDO": "RICKY RICH",
    "RICHARD": "DICK RICH RICK",
    "ROBERT": "BOB BOBBY ROB",
    "ROBERTO": "BETO BOB ROB",
    "ROSARIO": "CHARO CHAYO",
    "SALVADOR": "CHAVA SAL",
    "SERGEI": "SERYOZHA",
    "SERGIO": "CHECO",
    "STEPHEN": "STEVE",
    "STEVEN": "STEVE",
    "THEODORE": "TED TEDDY",
    "THOMAS": "TOM TOMMY",
    "TIMOTHY": "TIM",
    "VICENTE": "CHENTE",
    "VLADIMIR": "VOLODYA VOVA",
    "WILLIAM": "BILL BILLY LIAM WILL",
    "YEKATERINA": "KATYA",
    "YEVGENY": "ZHENYA",
    "ZACHARY": "ZACK",
}


def _both_ways() -> Mapping[str, tuple[str, ...]]:
    ways: dict[str, list[str]] = {}
    for name, short in _SHORT.items():
        for each in short.split():
            ways.setdefault(name, []).append(each)
            ways.setdefault(each, []).append(name)
    return {name: tuple(dict.fromkeys(others)) for name, others in ways.items()}


_CALLED = _both_ways()


def also_called(word: str) -> tuple[str, ...]:
    """What somebody called *word* may be called too: short forms, or what it is short for."""
    return _CALLED.get(word, ())

"""Machines and probes by names from fixed lists: what headers say of them is free text."""

import re

# Words of makers' names, in lower case, with the name under which they leave.
MAKERS = {
    "acuson": "acuson", "aloka": "aloka", "alpinion": "alpinion", "bk": "bk",
    "butterfly": "butterfly", "canon": "canon", "chison": "chison", "clarius": "clarius",
    "edan": "edan", "esaote": "esaote", "fujifilm": "fujifilm", "ge": "ge", "gems": "ge",
    "hitachi": "hitachi", "medison": "medison", "mindray": "mindray", "philips": "philips",
    "samsung": "samsung", "siemens": "siemens", "simulated": "simulated",
    "sonoscape": "sonoscape", "sonosite": "sonosite", "supersonic": "supersonic",
    "terason": "terason", "toshiba": "toshiba", "verasonics": "verasonics", "zonare": "zonare",
}  # fmt: skip

# Ultrasound systems, as their makers write them; compared by letters and digits only.
MODELS = (
    "ACUSON S1000", "ACUSON S2000", "ACUSON S3000", "ACUSON SC2000", "ACUSON Sequoia",
    "ACUSON X300", "ACUSON X700", "Sequoia", "Aplio 300", "Aplio 400", "Aplio 500", "Aplio XG",
    "Aplio i700", "Aplio i800", "Aplio i900", "Xario 200", "Affiniti 30", "Affiniti 50",
    "Affiniti 70", "Affiniti 70C", "Affiniti 70G", "CX50", "EPIQ 5", "EPIQ 5G", "EPIQ 7", "EPIQ 7C",
    "EPIQ 7G", "EPIQ CVx", "EPIQ Elite", "HD11 XE", "HD15", "HDI 5000", "iE33", "iU22", "Lumify",
    "Sonos 5500", "Sonos 7500", "LOGIQ E10", "LOGIQ E9", "LOGIQ P6", "LOGIQ P9", "LOGIQ S8",
    "LOGIQ e", "Venue", "Vivid E9", "Vivid E90", "Vivid E95", "Vivid S5", "Vivid S6", "Vivid S60",
    "Vivid S70", "Vivid i", "Vivid iq", "Vivid q", "Vivid 7", "Vscan", "Voluson E6", "Voluson E8",
    "Voluson E10", "Voluson S8", "Voluson S10", "Voluson P8", "Voluson 730", "M-Turbo", "Edge",
    "Edge II", "MicroMaxx", "X-Porte", "SonoSite PX", "TITAN", "DC-70", "DC-8", "M9", "Resona 7",
    "TE7", "RS80A", "HS60", "HS70A", "WS80A", "Accuvix XG", "HERA W10", "SSD-4000", "SSD-5500",
    "Arietta 60", "Arietta 70", "Arietta 850", "HI VISION Preirus", "Noblus", "MyLab 70",
    "MyLab Twice", "Aixplorer", "Iris", "Butterfly iQ", "Simulated",
)  # fmt: skip

# Defined terms of Transducer Type (PS3.3 C.8.5.6.1.10).
PROBES = frozenset(
    {
        "SECTOR_PHASED", "SECTOR_MECH", "SECTOR_ANNULAR", "LINEAR", "CURVED LINEAR",
        "SINGLE CRYSTAL", "SPLIT XTAL CWD", "IVUS", "NONIMAGING PROBE",
    }
)  # fmt: skip


def _plain(text: str) -> str:
    return re.sub("[^A-Z0-9]", "", text.upper())


PLAIN_MODELS = {_plain(name): name for name in MODELS}


def maker(text: str) -> str:
    """Return a maker's name from the fixed list, or `other`."""
    words = text.lower().replace("-", " ").split()
    return next((MAKERS[word] for word in words if word in MAKERS), "other")


def model(text: str) -> str:
    """Return a system's name from the fixed list, or `other`."""
    return PLAIN_MODELS.get(_plain(text), "other")


def probe(text: str) -> str:
    """Return a defined term of the transducer's type, or `other`."""
    return text if text in PROBES else "other"

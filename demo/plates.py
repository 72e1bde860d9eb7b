"""Made-up number plates of the city's synthetic vehicles: the blocks of numbers that each kind
of vehicle has in Indonesia, with Jambi's BH.
"""

from random import Random

BLOCKS = {"mobil": (1, 1999), "motor": (2000, 6999), "bus": (7000, 7999), "barang": (8000, 9999)}
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def plate(kind: str, dice: Random) -> str:
    """Return a plate of a vehicle of ``kind``."""
    return f"BH {dice.randint(*BLOCKS[kind])} {dice.choice(LETTERS)}{dice.choice(LETTERS)}"

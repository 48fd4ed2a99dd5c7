"""The contract of each table artifact, written from the schemas that the code itself uses.

    python -m workflow.contracts      write workflow/schemas/<phase>.<table>.yaml

A contract is for readers and other programs; a test fails when one differs from the code.
"""

from importlib import import_module
from pathlib import Path

import pyarrow as pa
import yaml

from pipeline.io.atomic import write_text

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("workflow/schemas")


def table_schemas() -> dict[str, pa.Schema]:
    """Return {"<phase>.<table>": schema} of every table that a phase writes."""
    found = {}
    for path in sorted(ROOT.glob("pipeline/*/tables.py")):
        phase = path.parent.name
        module = import_module(f"pipeline.{phase}.tables")
        for name, value in sorted(vars(module).items()):
            if isinstance(value, pa.Schema):
                found[f"{phase}.{name.lower()}"] = value
    return found


def contract(name: str, schema: pa.Schema) -> str:
    """Return one table's contract as YAML: its columns, their types and what they mean."""
    columns = [
        {
            "name": field.name,
            "type": str(field.type),
            "description": (field.metadata or {}).get(b"description", b"").decode(),
        }
        for field in schema
    ]
    return yaml.safe_dump({"table": name, "columns": columns}, sort_keys=False, width=100)


def contracts() -> dict[Path, str]:
    """Return {path of the contract: its text} of all tables."""
    return {
        FOLDER / f"{name}.yaml": contract(name, schema) for name, schema in table_schemas().items()
    }


if __name__ == "__main__":
    for path, text in contracts().items():
        write_text(path, text)

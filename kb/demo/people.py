"""Who appears in it: the support team, merchants on three plans, visitors."""

from kb.viewer import AccountManager, Plan, Role, Viewer

_MANAGER = AccountManager("Isha Bisht", "isha@ooulet.example")

ASHA = Viewer(role=Role.AGENT, subject="demo-asha", name="Asha Rawat", email="asha@ooulet.example")
KARAN = Viewer(role=Role.AGENT, subject="demo-karan", name="Karan Mehra", email="karan@ooulet.example")
DEV = Viewer(role=Role.SENIOR_AGENT, subject="demo-dev", name="Dev Joshi", email="dev@ooulet.example")
OM = Viewer(
    role=Role.SPECIALIST,
    subject="demo-om",
    name="Om Bhatt",
    email="om@ooulet.example",
    teams=("technical", "billing", "privacy", "conduct", "support"),
)
NILA = Viewer(role=Role.MANAGER, subject="demo-nila", name="Nila Thapa", email="nila@ooulet.example")
STAFF = (ASHA, DEV, OM, NILA)
"""One of each role, for whom `kb demo` tells how to get a token."""
AGENTS = (ASHA, KARAN, DEV)

_MERCHANTS = (
    ("Ravi Negi", Plan.STARTUP),
    ("Lata Pant", None),
    ("Farah Khan", Plan.ENTERPRISE),
    ("Joseph D'Souza", None),
    ("Meera Iyer", Plan.STARTUP),
    ("Harpreet Gill", None),
    ("Ananya Bose", Plan.ENTERPRISE),
    ("Tenzin Dolma", None),
    ("Suresh Patil", Plan.STARTUP),
    ("Kavya Reddy", None),
    ("Imran Sheikh", None),
    ("Pooja Semwal", Plan.STARTUP),
    ("Arjun Nair", None),
    ("Sunita Rawat", None),
)
MERCHANTS = tuple(
    Viewer(
        role=Role.CUSTOMER,
        subject=f"demo-merchant-{number}",
        name=name,
        email=f"{name.split()[0].lower()}@shop.example",
        plan=plan,
        account_manager=_MANAGER if plan is Plan.ENTERPRISE else None,
    )
    for number, (name, plan) in enumerate(_MERCHANTS)
)
VISITORS = ("Neha Gusain", "Bilal Ahmed", "Divya Rao", "Mohit Chauhan", "Anjali Thakur", "George Mathew")
STRANGER = "Vikram Sood"
"""Whose support is suspended."""

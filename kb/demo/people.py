"""Who appears in it: the support team, merchants on three plans, visitors."""

from kb.viewer import AccountManager, Plan, Role, Viewer

DOMAIN = "@demo.example"
"""Nobody's: RFC 2606 keeps it free. They are told apart by it from people who wrote to us."""
_MANAGER = AccountManager("Isha Bisht", f"isha{DOMAIN}")

ASHA = Viewer(role=Role.AGENT, subject="demo-asha", name="Asha Rawat", email=f"asha{DOMAIN}")
KARAN = Viewer(role=Role.AGENT, subject="demo-karan", name="Karan Mehra", email=f"karan{DOMAIN}")
DEV = Viewer(role=Role.SENIOR_AGENT, subject="demo-dev", name="Dev Joshi", email=f"dev{DOMAIN}")
OM = Viewer(
    role=Role.SPECIALIST,
    subject="demo-om",
    name="Om Bhatt",
    email=f"om{DOMAIN}",
    teams=("technical", "billing", "privacy", "conduct", "support"),
)
NILA = Viewer(role=Role.MANAGER, subject="demo-nila", name="Nila Thapa", email=f"nila{DOMAIN}")
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
        email=f"{name.split()[0].lower()}{DOMAIN}",
        plan=plan,
        account_manager=_MANAGER if plan is Plan.ENTERPRISE else None,
    )
    for number, (name, plan) in enumerate(_MERCHANTS)
)
VISITORS = ("Neha Gusain", "Bilal Ahmed", "Divya Rao", "Mohit Chauhan", "Anjali Thakur", "George Mathew")
STRANGER = "Vikram Sood"
"""Whose support is suspended."""

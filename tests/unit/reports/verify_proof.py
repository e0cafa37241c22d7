"""Checks a proof card with nothing but Python: python verify_proof.py card.html [SOURCE_FILE …]; exit status 1 if anything differs."""
import hashlib, html, itertools, json, math, re, sys
page = open(sys.argv[1], encoding="utf-8", newline="").read()
raw = html.unescape(re.search(r'<pre hidden id="proof">(.*?)</pre>', page, re.DOTALL)[1])
stated = re.search(r'name="proof-sha256" content="([0-9a-f]{64})"', page)[1]
card, wrong = json.loads(raw), []
check = lambda holds, what: holds or wrong.append(what)
near = lambda a, b: a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
check(hashlib.sha256(raw.encode()).hexdigest() == stated, "hash of the data")
formula = re.sub(r"\bcase\s+when\b", "case((", card["formula"]["expression"], flags=re.IGNORECASE)
for sql, python in ((r"\bwhen\b", "), ("), (r"\bthen\b", ","), (r"\belse\b", "), (True,"), (r"\bend\b", "))"), (r"(?<![<>])=", "==")):
    formula = re.sub(sql, python, formula, flags=re.IGNORECASE)
if not re.fullmatch(r"[\w\s.+\-*/(),<>=]+", formula) or re.search(r"__|\.\s*[A-Za-z_]|\*\*", formula):
    sys.exit("the formula is not plain arithmetic: " + formula)
words = {"nullif": lambda a, b: None if a == b else a, "least": min, "greatest": max, "round": round, "case": lambda *c: next((v for k, v in c if k), None)}
def value_of(numbers):
    try: return float(eval(formula, {"__builtins__": {}}, words | numbers))
    except (TypeError, ZeroDivisionError): return None
inputs = {one["definition"]["code"]: one for one in card["inputs"]}
if card["counted"]:
    met = [value_of(place["values"]) for place in card["counted"]["places"]]
    check(card["value"] is None or near(100 * met.count(1) / len(met), card["value"]), "share of places")
elif card["value"] is not None:
    check(near(value_of({code: one["value"] for code, one in inputs.items()}), card["value"]), "value from formula and inputs")
    ends = [(one["low"], one["high"]) if one["low"] is not None else (one["value"],) for one in inputs.values()]
    corners = [value_of(dict(zip(inputs, corner))) for corner in itertools.product(*ends)]
    check(not card["interval"] or (near(min(corners), card["interval"][0]) and near(max(corners), card["interval"][1])), "interval")
    check(not card["interval"] or card["interval"][0] <= card["value"] <= card["interval"][1], "value outside its interval")
for code, one in inputs.items():
    check(one["low"] is None or one["low"] <= one["value"] <= one["high"], f"interval of {code}")
    check(all(near(found["value"], one["value"]) for found in one["candidates"] if found["role"] == "winner"), f"candidate taken for {code}")
    check("parts" not in one or near(math.fsum(part["value"] for part in one["parts"]), one["value"]), f"sum of places of {code}")
known = {seen["file"]["sha256"] for one in inputs.values() for found in one["candidates"] for seen in found["observations"] if seen["file"]}
check(all(hashlib.sha256(open(name, "rb").read()).hexdigest() in known for name in sys.argv[2:]), "a file is not the source named")
print(f"{card['place']['name_zh']} {card['period']} {card['indicator']['name_zh']} = {card['value']}", "|", "; ".join(wrong) or "✓ 一致 verified")
sys.exit(1 if wrong else 0)

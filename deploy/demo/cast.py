"""Who plays in the demo case: an invented city (region 99 is no place), invented people; every number carries a valid check digit."""

COURT = "辽9901"
SUPERIOR = "辽99"
CASE = "（2026）辽9901执1024号"
TITLE = "（2026）辽9901民初307号"
APPLICANT = "赵慧兰"

DEBTOR = "林远舟;CITIZEN_ID;990101198503070017"
DEBTOR_MISTYPED = "林远舟;CITIZEN_ID;990101198503070018"
GUARANTOR = "北陵启明机电有限公司;UNIFIED_CREDIT_CODE;919901019900000178"
SPOUSE = "苏晴;CITIZEN_ID;990101198708150029"
NAMESAKE = "林远舟;CITIZEN_ID;990101199112120034"

BEILING, SONGYUE, YUNFAN, LAND = "9900010", "9900020", "9900030", "9900900"
NAMES = {BEILING: "北陵商业银行", SONGYUE: "松月农商行", YUNFAN: "云帆银行", LAND: "北陵市不动产登记中心"}
FOLDERS = {BEILING: "beiling", SONGYUE: "songyue", YUNFAN: "yunfan", LAND: "land"}

ACCOUNT_BEILING = "9900010000000001016"
ACCOUNT_NAMESAKE = "9900010000000002022"
ACCOUNT_SONGYUE = "9900020000000003036"
ACCOUNT_YUNFAN = "9900030000000004040"
ACCOUNT_COURT = "9900010000000099010"
HOUSE = "990101001002GB00123F00010012"

OTHER_FREEZE = "（2025）辽9902执88号"
OTHER_SEAL = "（2026）辽9902执231号"

HANDLER, COSIGNER, LEADER, DUTY = "001", "002", "003", "004"


def capabilities(kind, actions, by_clerk=()):
    return [{"assetKind": kind, "action": "ACTION_" + action, "byClerk": action in by_clerk, "currencies": ["CNY"],
             "partialRelease": kind == "DEPOSIT", "capturesInflow": kind == "DEPOSIT", "keepsWaitlist": True} for action in actions]


def pki_spec(address, admin_address, valid_from):
    """What `eagle pki make` makes a whole set of keys from."""
    officer = lambda code, name, *roles: {"code": code, "name": name, "work_id_no": "辽9901-G" + code, "duty_card_no": "辽9901-Z" + code, "roles": list(roles)}
    bank_actions = ["INQUIRE", "FREEZE", "RENEW", "RELEASE", "DEDUCT"]
    agencies = [{"code": code, "name": NAMES[code], "kind": "BANK", "region": "990101", "capabilities": capabilities("DEPOSIT", bank_actions)}
                for code in (BEILING, SONGYUE, YUNFAN)]
    agencies.append({"code": LAND, "name": NAMES[LAND], "kind": "LAND", "region": "990101",
                     "capabilities": capabilities("LAND", ["INQUIRE", "FREEZE", "RENEW", "RELEASE"], by_clerk=("FREEZE",))})
    return {
        "trust_domain": "demo.golden-eagle.test", "origin": "demo.golden-eagle.test/log1", "environment": "test", "address": address, "admin_address": admin_address,
        "legal_basis": "民事诉讼法第253条", "statements_valid_from": valid_from,
        "administrators": ["one", "two", "three"], "registrars": ["one", "two", "three"], "registrar_threshold": 2,
        "courts": [
            {"code": SUPERIOR, "name": "北陵市中级人民法院", "connected": False},
            {"code": COURT, "name": "北陵市松月区人民法院", "superior": SUPERIOR,
             "officers": [officer(HANDLER, "沈若川", "HANDLER"), officer(COSIGNER, "陆青禾", "COSIGNER"), officer(LEADER, "顾明达", "LEADER"), officer(DUTY, "韩既明", "HANDLER")],
             "accounts": [{"code": "1", "account_name": "北陵市松月区人民法院执行款专户", "bank": BEILING, "account_number": ACCOUNT_COURT}]},
        ],
        "agencies": agencies,
        # Both algorithms at once: an officer and a bank whose rules ask for 国密.
        "sm2_keys": [f"officer-{COURT}-{COSIGNER}", f"agency-{YUNFAN}"],
        "systems": [{"role": "operator", "name": "operations"}, {"role": "auditor", "name": "audit"},
                    {"role": "witness", "name": "supervision"}, {"role": "witness", "name": "association"}],
    }

"""Who plays in the demo case: an invented city (region 99 is no place), invented people; every number carries a valid check digit."""
import collections

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
VEHICLES, COMPANIES, PATENTS = "9900910", "9900920", "9900930"
FUND = "9900700"

# `kind` is the contract's, `section` names the program (eagle-bank), its part of the configuration ([bank]) and its demo data; `folder`: where its own data lie.
Office = collections.namedtuple("Office", "name kind section folder")
OFFICES = {
    BEILING: Office("北陵商业银行", "BANK", "bank", "beiling"),
    SONGYUE: Office("松月农商行", "BANK", "bank", "songyue"),
    YUNFAN: Office("云帆银行", "BANK", "bank", "yunfan"),
    LAND: Office("北陵市不动产登记中心", "LAND", "land", "land"),
    VEHICLES: Office("北陵市公安局车辆管理所", "VEHICLE", "vehicle", "vehicle"),
    COMPANIES: Office("北陵市市场监督管理局", "BUSINESS", "equity", "equity"),
    PATENTS: Office("国家知识产权局", "IP", "ip", "ip"),
    FUND: Office("北陵市住房公积金管理中心", "HOUSING_FUND", "fund", "fund"),
}
MONEY = ("bank", "fund")  # sections of offices on the core of banks: one command line
REGISTERS = (VEHICLES, COMPANIES, PATENTS)  # keep no money and no land
LATER = (*REGISTERS, FUND)  # join later, by two administrators' word
FIRST = tuple(code for code in OFFICES if code not in LATER)  # connected from the set-up on
NAMES = {code: OFFICES[code].name for code in FIRST}
FOLDERS = {code: OFFICES[code].folder for code in FIRST}

ACCOUNT_BEILING = "9900010000000001016"
ACCOUNT_NAMESAKE = "9900010000000002022"
ACCOUNT_SONGYUE = "9900020000000003036"
ACCOUNT_YUNFAN = "9900030000000004040"
ACCOUNT_COURT = "9900010000000099010"
HOUSE = "990101001002GB00123F00010012"
CAR = "L99BL1A10RA000018"
COMPANY = "919901019900000178"  # 北陵启明机电有限公司, of which he holds 30/100
PATENT = "ZL990110000017.7"

# The second case, of `demo --full`: a preservation before judgment, and a debtor whose one account is for wages.
PRESERVATION = "（2026）辽9901执保211号"
PRESERVATION_TITLE = "（2026）辽9901财保211号"
PRESERVATION_APPLICANT = "贺兰亭"
BUILDER = "北陵安居建设有限公司;UNIFIED_CREDIT_CODE;91990101990000033X"
ACCOUNT_WAGES = "9900010000000006015"

# The third case: a loan, with a product, wages and a home that is promised.
LOAN = "（2026）辽9901执1187号"
LOAN_TITLE = "（2026）辽9901民初402号"
LOAN_APPLICANT = "方砚秋"
BORROWER = "何沐;CITIZEN_ID;99010119920815006X"
EARNER = "陈立;CITIZEN_ID;990101197806210027"
HOME_BUYER = "周柏川;CITIZEN_ID;990101197605210119"
ACCOUNT_RETURN, PRODUCT_OWN, PRODUCT_SOLD = "9900030000000005013", "9900030000000005021", "9900030000000005039"
ACCOUNT_EARNER = "9900020000000005023"
NEW_HOME = "990101001005GB00031F00020802"
NEW_CERTIFICATE = "辽（2026）北陵市不动产权第0009917号"

# The fourth case: a small judgment against a member of the housing fund.
SMALL = "（2027）辽9901执306号"
SMALL_TITLE = "（2026）辽9901民初588号"
SMALL_APPLICANT = "于静波"
ACCOUNT_FUND = "990070000101"
OTHER_EQUITY = "（2026）辽9902执340号"
OTHER_CAR = "（2027）辽9902执77号"
BUYER = "唐嘉木;CITIZEN_ID;990101198806100068"
OTHER_PATENT = "（2026）辽9902执保63号"

OTHER_FREEZE = "（2025）辽9902执88号"
OTHER_SEAL = "（2026）辽9902执231号"

HANDLER, COSIGNER, LEADER, DUTY = "001", "002", "003", "004"


def capabilities(kind, actions, by_clerk=(), parts=False, waitlist=True):
    return [{"assetKind": kind, "action": "ACTION_" + action, "byClerk": action in by_clerk, "currencies": ["CNY"],
             "partialRelease": parts, "capturesInflow": kind in ("DEPOSIT", "WEALTH_PRODUCT", "INCOME", "HOUSING_FUND"), "keepsWaitlist": waitlist} for action in actions]


def agency(code):
    """The row that the gateway is to have of it."""
    office = OFFICES[code]
    actions = ["INQUIRE", "FREEZE", "RENEW", "RELEASE"]
    rows = {"BANK": lambda: capabilities("DEPOSIT", actions + ["DEDUCT"], parts=True) + capabilities("WEALTH_PRODUCT", actions + ["DEDUCT"], parts=True)
                            + capabilities("INCOME", ["EXTRACT_INCOME", "RENEW", "RELEASE"]),
            "LAND": lambda: capabilities("LAND", actions, by_clerk=("FREEZE",)),
            "VEHICLE": lambda: capabilities("VEHICLE", actions + ["LOCATE", "TRANSFER_TITLE"], by_clerk=("TRANSFER_TITLE",)),
            "BUSINESS": lambda: capabilities("EQUITY", actions, by_clerk=("FREEZE",), parts=True),
            "IP": lambda: capabilities("PATENT", actions, waitlist=False) + capabilities("TRADEMARK", actions, waitlist=False),
            "HOUSING_FUND": lambda: capabilities("HOUSING_FUND", actions + ["DEDUCT"], parts=True)}
    return {"code": code, "name": office.name, "kind": office.kind, "region": "990101", "capabilities": rows[office.kind]()}


def pki_spec(address, admin_address, valid_from, agencies=FIRST):
    """What `eagle pki make` makes a whole set of keys from."""
    officer = lambda code, name, *roles: {"code": code, "name": name, "work_id_no": "辽9901-G" + code, "duty_card_no": "辽9901-Z" + code, "roles": list(roles)}
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
        "agencies": [agency(code) for code in agencies],
        # Both algorithms at once: an officer and a bank whose rules ask for 国密.
        "sm2_keys": [f"officer-{COURT}-{COSIGNER}", f"agency-{YUNFAN}"],
        "systems": [{"role": "operator", "name": "operations"}, {"role": "auditor", "name": "audit"},
                    {"role": "witness", "name": "supervision"}, {"role": "witness", "name": "association"}],
    }

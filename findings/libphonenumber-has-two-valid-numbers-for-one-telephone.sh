#!/usr/bin/env bash
# Library: phonenumbers 9.0.43 (the Python port of libphonenumber).
# Guess: E.164 as the library writes it is one key for one telephone; another spelling is
#   either brought to the same number or called invalid.
# Behaviour: an Argentine mobile is written with a 9 from abroad and without it at home.
#   Both are valid and give two E.164 numbers, one MOBILE and one FIXED_LINE; is_number_match
#   calls them SHORT_NSN_MATCH, as any two numbers of which one ends in the other. The
#   domestic 15 is brought to the 9, the bare number is not. Mexico's mobile prefix 1, of
#   before 2019, is not taken off either, but there the old spelling is invalid.
# Hurts: joining customers, and opt-outs, by phone: who opted out under one spelling is
#   contacted under the other.
# Holds on: a key of one's own without the 9 behind +54.
# Output seen:
#   abroad +5491123456789 MOBILE, home +541123456789 FIXED_LINE, both valid; match SHORT_NSN_MATCH
#   Mexico: +525512345678 valid, +5215512345678 not
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q phonenumbers==9.0.43
"$tmp/venv/bin/python" - <<'PY'
import phonenumbers as p

def read(text, country):
    n = p.parse(text, country)
    return p.format_number(n, p.PhoneNumberFormat.E164), p.is_valid_number(n), p.PhoneNumberType.to_string(p.number_type(n))

print("phonenumbers", p.__version__)
abroad, home, old_home = read("+54 9 11 2345 6789", None), read("11 2345-6789", "AR"), read("011 15 2345-6789", "AR")
match = p.is_number_match(abroad[0], home[0])
mexico, mexico_old = read("+52 55 1234 5678", None), read("+52 1 55 1234 5678", None)
print("abroad", abroad, "| home", home, "| home with 15", old_home, "| match", match, "| Mexico", mexico, mexico_old)
assert abroad[0] == "+5491123456789" and home[0] == "+541123456789" and abroad[1] and home[1], (abroad, home)
assert old_home == abroad, old_home
assert match == p.MatchType.SHORT_NSN_MATCH, match
assert mexico[1] and not mexico_old[1] and mexico[0] != mexico_old[0]
print("surprise holds: one telephone has two valid E.164 numbers")
PY

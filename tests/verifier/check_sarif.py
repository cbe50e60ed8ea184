# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""check_sarif.py SCHEMA FILE...: each file against the schema, and what no schema can say: that
rules are found at their index, flows are in order and end where the result is. Prints what is
wrong; exit status 1 if anything is. With SKEP_SARIF_SCHEMA, a copy of the official schema, each is
held against that too.

check_sarif.py --apply SARIF SOURCE: prints the source as the first fix in it makes it."""
import json
import os
import sys

import jsonschema


def relations(run):
    rules = run["tool"]["driver"]["rules"]
    for number, result in enumerate(run["results"]):
        at = f"result {number}"
        if not 0 <= result["ruleIndex"] < len(rules):
            yield f"{at}: no rule {result['ruleIndex']}"
        elif rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            yield f"{at}: its rule is another"
        steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
        if [s["executionOrder"] for s in steps] != list(range(1, len(steps) + 1)):
            yield f"{at}: steps out of order"
        last, place = steps[-1]["location"], result["locations"][0]
        if last.get("physicalLocation") != place.get("physicalLocation"):
            yield f"{at}: the flow does not end at the result"
        related = result.get("relatedLocations", [])
        if [r["message"] for r in related] != [s["location"]["message"] for s in steps[:-1]]:
            yield f"{at}: related locations and the flow differ"


def check(path, validators):
    with open(path, encoding="utf-8") as file:
        log = json.load(file)
    for validator in validators:
        for error in validator.iter_errors(log):
            yield f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
    for run in log["runs"]:
        yield from relations(run)


def position(lines, line, column):
    return sum(len(text) for text in lines[:line - 1]) + column - 1


def applied(log, source):
    fix = log["runs"][0]["results"][0]["fixes"][0]
    lines = source.splitlines(keepends=True)
    replacements = [r for change in fix["artifactChanges"] for r in change["replacements"]]
    # From the end, so that earlier places stay where they are.
    for r in sorted(replacements, key=lambda r: -r["deletedRegion"]["startLine"]):
        region = r["deletedRegion"]
        start = position(lines, region["startLine"], region["startColumn"])
        end = position(lines, region["endLine"], region["endColumn"])
        source = source[:start] + r.get("insertedContent", {}).get("text", "") + source[end:]
    return source


def main():
    if sys.argv[1] == "--apply":
        with open(sys.argv[2], encoding="utf-8") as log, open(sys.argv[3], encoding="utf-8") as source:
            print(applied(json.load(log), source.read()), end="")
        return
    validators = []
    for path in [sys.argv[1], os.environ.get("SKEP_SARIF_SCHEMA")]:
        if path:
            with open(path, encoding="utf-8") as file:
                schema = json.load(file)
            validators.append(jsonschema.validators.validator_for(schema)(schema))
    wrong = 0
    for path in sys.argv[2:]:
        for text in check(path, validators):
            print(f"{path}: {text}")
            wrong += 1
    sys.exit(1 if wrong else 0)


main()

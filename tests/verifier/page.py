# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""page.py FOLDER NUMBER: the pages that show.sh made, in a headless Chromium. Prints TAP; pictures are
left in FOLDER. Claims are numbered behind NUMBER."""
import os
import sys
import traceback

from webdriver import KEYS, Browser

folder = os.path.abspath(sys.argv[1])
browser = Browser()
number = int(sys.argv[2])
failed = 0


def page(name):
    return browser.open(os.path.join(folder, name + ".html"))


def picture(name):
    browser.picture(os.path.join(folder, name + ".png"))


def is_sound():
    """The script ran to its end, nothing was refused, and nothing came from elsewhere."""
    assert not browser.errors(), browser.errors()
    assert browser.run("return !document.getElementById('plain') && !!document.querySelector('main')")
    assert browser.run("return performance.getEntriesByType('resource').length") == 0


def shows_the_refusal_at_once():
    page("whole")
    is_sound()
    assert "SKEP-V104" in browser.text(".head")
    assert "index_off_by_one.bpf.c:29" in browser.text(".where")
    assert "slots[slot]" in browser.text(".line.refused")
    assert "R0 max value" in browser.text(".note.refused")
    assert browser.text(".insn.refused .number") == "14"
    assert "R0" in browser.text(".panel h3")
    assert "bpf_map_lookup_elem() returned" in browser.text(".history")
    # The whole file, also lines that the log does not quote.
    assert len(browser.all(".source .line")) > 30
    picture("whole")


def clicking_a_register_shows_its_history():
    page("whole")
    browser.click('.insn[data-step="9"] .asm .reg[data-reg="R6"]')
    assert "R6" in browser.text(".panel h3")
    history = browser.text(".history")
    assert "R6 is a copy of R0" in history and "bpf_get_prandom_u32() returned" in history
    assert "bpf_map_lookup_elem" not in history
    # What a call left in its arguments is not told as if it were still there.
    names = browser.run("return [...document.querySelectorAll('.registers th')].map((e) => e.innerText)")
    assert names == ["R0", "R6", "R10", "fp-8"], names
    marked = browser.run("return [...document.querySelectorAll('.insn.marked .number')]"
                         ".map((e) => e.innerText)")
    assert marked == ["2", "3"], marked
    # A step of the history leads to its row.
    browser.click(".history .jump")
    assert browser.text(".insn.here .number") == "2"
    picture("history")


def what_a_register_is_behind_an_instruction():
    page("whole")
    browser.click('.insn[data-step="11"] .asm .reg[data-reg="R1"]')
    assert "Behind instruction 12" in browser.text(".panel")
    assert "0 to 64" in browser.text(".registers .picked")


def keys_are_enough():
    page("whole")
    browser.type(".insns", KEYS["up"] * 3)
    assert browser.text(".insn.here .number") == "11"
    browser.type(".insns", "6")
    assert "R6" in browser.text(".panel h3")
    browser.type(".insns", KEYS["escape"])
    assert "Click a register" in browser.text(".panel")


def causes_lead_to_their_lines():
    page("whole")
    browser.click(".causes li:first-child .jump")
    assert browser.text(".insn.here .number") == "2"
    assert "bpf_get_prandom_u32" in browser.text(".line.here")


def a_line_leads_to_its_instructions():
    page("whole")
    browser.click('.source .line[data-key$=":24"]')
    assert browser.text(".insn.here .number") == "8"


def a_fix_is_copied():
    page("whole")
    browser.click(".fix .copy")
    browser.run("return new Promise((done) => setTimeout(done, 300))")
    assert browser.text(".fix .copy") == "Copied", browser.text(".fix .copy")


def fixes_are_shown_as_changes():
    page("whole")
    assert "slot < 16" in browser.text(".diff .plus") and "slot <= 16" in browser.text(".diff .minus")
    assert browser.text(".diff .plus .number") == "28"
    browser.click("details.fix summary")
    assert "16 - 1" in browser.text("details.fix .plus")


def background():
    return browser.run("return getComputedStyle(document.body).backgroundColor")


def is_dark_where_that_is_wanted():
    page("whole")
    light = background()
    browser.cdp("Emulation.setEmulatedMedia",
                features=[{"name": "prefers-color-scheme", "value": "dark"}])
    dark = background()
    assert light != dark
    picture("dark")
    browser.click(".theme")
    assert background() == light
    browser.cdp("Emulation.setEmulatedMedia", features=[])


def fits_a_narrow_window():
    browser.cdp("Emulation.setDeviceMetricsOverride", width=420, height=900, deviceScaleFactor=1,
                mobile=True)
    page("whole")
    wide = browser.run("return document.documentElement.scrollWidth")
    picture("narrow")
    browser.cdp("Emulation.clearDeviceMetricsOverride")
    assert wide <= 420, wide


def works_without_source():
    page("bare")
    is_sound()
    assert "quotes no source" in browser.text(".source")
    browser.click('.insn .asm .reg[data-reg="R6"]')
    assert browser.text(".history")
    page("quoted")
    is_sound()
    assert "hits += random" in browser.text(".line.refused")
    assert "bpf_map_lookup_elem" in browser.text(".line.cause")


def checks_of_copies_and_of_packets_are_told():
    page("packet")
    is_sound()
    assert "R3 is compared with the packet's end" in browser.text(".history")
    page("copy")
    assert "a copy of R6 is compared" in browser.text(".history"), browser.text(".history")


def several_programs_have_tabs():
    page("several")
    is_sound()
    assert len(browser.all(".tabs button")) == 2
    assert "SKEP-V001" in browser.text(".head")
    browser.click(".tabs button:last-child")
    assert "SKEP-V104" in browser.text(".head")
    assert browser.text('.tabs [aria-current="true"]').endswith("SKEP-V104")


def hostile_logs_are_text():
    page("hostile")
    is_sound()
    assert browser.run("return window.pwned === undefined")
    assert browser.run("return document.querySelectorAll('img, svg, iframe, a, object').length") == 0
    assert len(browser.all("script")) == 2
    assert "<img src=x" in browser.text("body")


def long_ways_stay_usable():
    seconds = page("long")
    is_sound()
    assert seconds < 20, seconds
    assert "left out" in browser.text(".insns")
    assert len(browser.all(".insn")) < 6000
    assert "more rounds" in browser.text(".insns")
    assert "more rounds" in browser.text(".history")
    shown = len(browser.all(".insn"))
    browser.run("document.querySelector('.fold').scrollIntoView()")
    browser.click(".fold")
    assert len(browser.all(".insn")) > shown
    picture("long")


def nothing_refused_is_said():
    page("accepted")
    is_sound()
    assert "Accepted" in browser.text("main")
    figures = browser.text(".figures")
    assert "2 of 1,000,000" in figures and "17 µs" in figures and "24 bytes" in figures, figures
    assert "return 0;" in browser.text(".dear")
    picture("accepted")


def values_are_followed_through_the_stack_and_functions():
    page("frames")
    is_sound()
    history = browser.text(".history")
    for part in ["bpf_get_prandom_u32() returned", "put on the stack, at fp-8", "the function returns R0",
                 "read back from the stack, at fp-8", "R1 is a copy of R0"]:
        assert part in history, (part, history)
    assert "frame 1" not in browser.text(".panel")
    browser.click('.insn[data-step="2"] .asm')
    assert "frame 1" in browser.text(".panel")


def claim(function):
    global number, failed
    number += 1
    text = function.__name__.replace("_", " ")
    try:
        function()
        print(f"ok {number} - page: {text}")
    except Exception:  # a claim that does not hold, whatever the reason
        for line in traceback.format_exc().splitlines()[-6:]:
            print("#", line)
        print(f"not ok {number} - page: {text}")
        failed = 1


try:
    for case in [shows_the_refusal_at_once, clicking_a_register_shows_its_history,
                 what_a_register_is_behind_an_instruction, keys_are_enough,
                 causes_lead_to_their_lines, a_line_leads_to_its_instructions, a_fix_is_copied,
                 fixes_are_shown_as_changes,
                 is_dark_where_that_is_wanted, fits_a_narrow_window, works_without_source,
                 checks_of_copies_and_of_packets_are_told,
                 several_programs_have_tabs, hostile_logs_are_text, long_ways_stay_usable,
                 nothing_refused_is_said, values_are_followed_through_the_stack_and_functions]:
        claim(case)
finally:
    browser.close()
sys.exit(failed)

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
"use strict";
/* The right pane: what is in the registers, and where one of them got its value. */

const KINDS = {
	map_value_or_null: "map value, or NULL", map_value: "map value", ctx: "context",
	pkt: "packet", pkt_end: "end of packet", pkt_meta: "packet metadata", map_ptr: "map",
	mem_or_null: "memory, or NULL", mem: "memory", sock_or_null: "socket, or NULL", sock: "socket",
	ringbuf_mem_or_null: "ring buffer record, or NULL", ringbuf_mem: "ring buffer record",
};

/* A few words for a value; "" where the log's own are as good. */
function wordsFor(value) {
	const type = value.split("(")[0];
	const number = (key) => {
		const m = new RegExp("(?:^|[(,=])" + key + "=(?:[a-z0-9]+=)*(-?(?:0x)?[0-9a-f]+)").exec(value);

		return m ? m[1] : null;
	};

	if (/^(P?scalar|inv)$/.test(type)) {
		const low = number("smin") || number("umin"), high = number("umax") || number("smax");

		return low || high ? "number, " + (low || (number("umax") ? "0" : "…")) + " to " + (high || "…") :
			"any number";
	}
	if (/^P?-?(0x)?\d+$/.test(value))
		return "number";
	if (/^fp-?\d+$/.test(value))
		return "address on the stack";
	return KINDS[type] ? KINDS[type] + (type === "pkt" && number("r") ?
		", " + number("r") + " bytes checked" : "") : "";
}

function stateTable(view) {
	const known = [...stateAt(view.steps, view.at, view.behind)];
	const order = (name) => name.startsWith("R") ? Number(name.slice(1)) : 100 - Number(name.slice(2));

	known.sort((a, b) => order(a[0]) - order(b[0]));
	return el("table", { class: "registers" }, known.map(([name, item]) => el("tr",
		{ class: view.name === name ? "picked" : item.step === view.at ? "fresh" : "" },
		el("th", {}, name === "R10" ? name : el("button", { class: "reg", type: "button",
			"data-reg": name, onclick: () => view.pick(view.at, name, view.behind) }, name)),
		el("td", {}, el("span", { class: "words" }, wordsFor(item.value)),
			el("code", {}, item.value)))));
}

function historyItem(view, f) {
	const step = view.steps[f.step];

	if (!step)
		return el("li", {}, el("span", { class: "dim" }, f.text));
	return el("li", {}, el("button", { type: "button", class: "jump", onclick: () => view.show(f.step) },
		el("span", { class: "number" }, String(step.insn)), el("span", {}, f.text)),
	step.text && el("code", { class: "dim" }, step.text));
}

/* Rounds of a loop are told once, and of what is still too long the beginning and the end. */
const HISTORY_MOST = 60;

function shortHistory(view, found) {
	const steps = found.map((f) => view.steps[f.step] || { insn: -1, frame: -1 });
	const told = foldRounds(steps).flatMap((part) => part.rounds ?
		[{ step: -2, text: "⟳ " + part.rounds.toLocaleString("en") + " more rounds" }] :
		found.slice(part.from, part.to));
	const left = told.length - HISTORY_MOST;

	return left <= 0 ? told : [...told.slice(0, 20),
		{ step: -2, text: "⋯ " + left.toLocaleString("en") + " more" }, ...told.slice(20 + left)];
}

function historyList(view) {
	const found = historyOf(view.steps, view.at, view.name, view.behind);

	view.mark(new Set(found.map((f) => f.step)));
	return [el("h3", {}, "How ", el("code", {}, view.name), " got its value"),
		el("ol", { class: "history" }, shortHistory(view, found).map((f) => historyItem(view, f))),
		!found.length && el("p", { class: "empty" }, "The log does not show it.")];
}

function fillRegisters(pane, view) {
	if (!view.steps.length)
		return pane.replaceChildren(el("p", { class: "empty" }, "No states in the log."));
	const step = view.steps[view.at];

	view.mark(new Set());
	pane.replaceChildren(
		...(view.name ? historyList(view) : [el("p", { class: "empty" },
			"Click a register to see where it got its value.")]).filter(Boolean),
		el("h3", {}, view.behind ? "Behind" : "Before", " instruction " + step.insn,
			step.frame ? el("span", { class: "dim" }, " frame " + step.frame) : ""),
		stateTable(view));
}

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
"use strict";
/* What verification cost: of each program, and of its lines where the log is of level 2. */

const COST_LINES = 12;
const counted = (n) => n.toLocaleString("en");

function bar(part) {
	return el("span", { class: "bar", style: "--part:" + (100 * Math.min(1, part)).toFixed(2) + "%" });
}

function costFigures(cost) {
	const time = cost.time_us && (cost.time_us < 1000 ? cost.time_us + " µs" :
		(cost.time_us / 1000).toFixed(1) + " ms");
	const rows = [
		["instructions verified", counted(cost.insns) +
			(cost.insn_limit ? " of " + counted(cost.insn_limit) : "")],
		["states", cost.states && counted(cost.states)],
		["states kept at one time", cost.states_peak && counted(cost.states_peak)],
		["states of one instruction", cost.states_most && counted(cost.states_most)],
		["verification time", time],
		["stack", cost.stack !== null && cost.stack !== undefined && cost.stack + " bytes"],
	];

	return el("table", { class: "figures" }, rows.filter((row) => row[1]).map(([name, value]) =>
		el("tr", {}, el("th", {}, name), el("td", {}, value))));
}

function costLines(cost) {
	const lines = cost.lines.slice(0, COST_LINES), most = lines.length ? lines[0].insns : 1;

	if (!lines.length)
		return null;
	return el("table", { class: "dear" }, lines.map((line) => el("tr", {},
		el("td", { class: "number" }, counted(line.insns)), el("td", { class: "share" }, bar(line.insns / most)),
		el("td", { class: "number" }, line.line || ""),
		el("td", {}, el("code", {}, highlighted(line.text || line.asm || ""))))));
}

function costView(costs) {
	return el("article", {}, el("section", { class: "head" },
		el("h1", {}, "What verification cost")), costs.map((cost) =>
		el("section", { class: "card cost" },
			el("h2", {}, (cost.program || "program") + (cost.verdict === "rejected" ? " · refused" : "")),
			cost.insn_limit && bar(cost.insns / cost.insn_limit),
			costFigures(cost), costLines(cost),
			cost.lines.length > COST_LINES && el("p", { class: "dim" },
				counted(cost.lines.length - COST_LINES) + " more lines"))));
}

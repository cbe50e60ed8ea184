/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
"use strict";
/* The middle pane: the way that the verifier took, one row for each instruction. */

/* `r1 += r2` as text and buttons. The register that is written is meant as it is behind it. */
function withRegisters(text, step, behind, pick) {
	const out = [], target = behind ? null : assignmentOf(text).to;
	let from = 0;

	for (const m of text.matchAll(REGISTER)) {
		const name = "R" + m[1], first = m.index === 0 && target === name;

		out.push(text.slice(from, m.index));
		from = m.index + m[0].length;
		if (m[1] === "10") {
			out.push(m[0]);
			continue;
		}
		out.push(el("button", { class: "reg", type: "button", tabindex: "-1", "data-reg": name,
			title: "where " + name + " got its value",
			onclick: (e) => { e.stopPropagation(); pick(step, name, behind || first); } }, m[0]));
	}
	out.push(text.slice(from));
	return out;
}

function insnRow(view, i) {
	const step = view.steps[i], refused = view.refused === i;
	const kind = (refused ? " refused" : "") + (view.causeOf.has(i) ? " cause" : "");
	const after = step.after || "";

	return el("div", { class: "insn" + kind, "data-step": i, tabindex: "-1",
		style: step.frame ? "--frame:" + Math.min(step.frame, 8) : null,
		onclick: () => view.select(i) },
	el("span", { class: "number" }, String(step.insn)),
	el("code", { class: "asm" }, withRegisters(step.asm || "", i, false, view.pick),
		view.causeOf.has(i) && el("span", { class: "badge" }, view.causeOf.get(i)),
		refused && el("span", { class: "badge" }, "✕")),
	el("code", { class: "after" }, withRegisters(shortState(after), i, true, view.pick)));
}

/* States can be long; all of one is in the pane of registers. */
function shortState(text) {
	return text.length > 160 ? text.slice(0, 160) + "…" : text;
}

function foldRow(view, part) {
	const button = el("button", { class: "fold", type: "button", "data-from": part.from,
		"data-to": part.to },
		"⟳ " + part.rounds.toLocaleString("en") + " more rounds like this");

	button.addEventListener("click", () => {
		const rows = document.createDocumentFragment();

		appendRows(view, rows, part.from, part.to);
		button.replaceWith(rows);
	});
	return button;
}

function appendRows(view, pane, from, to) {
	let last = from ? lineKey(view.steps[from - 1]) : null;

	for (let i = from; i < to; i++) {
		const step = view.steps[i], key = lineKey(step);

		if (key && (key !== last || i === from))
			pane.append(el("div", { class: "at", "data-key": key },
				el("span", { class: "number" }, step.line || ""),
				el("code", {}, highlighted(step.text || ""))));
		last = key;
		pane.append(insnRow(view, i));
	}
}

function insnPane(view, omitted) {
	const pane = el("div", { class: "scroll insns", tabindex: "0",
		"aria-label": "instructions on the way to the refused one" });

	if (omitted)
		pane.append(el("p", { class: "empty" }, omitted.toLocaleString("en") +
			" earlier instructions are left out; skep explain -f json -v has them."));
	for (const part of foldRounds(view.steps)) {
		if (part.rounds)
			pane.append(foldRow(view, part));
		else
			appendRows(view, pane, part.from, part.to);
	}
	if (!view.steps.length)
		pane.append(el("p", { class: "empty" },
			"The log shows no instruction: the program was refused before the first, or at log level 0."));
	return pane;
}

/* A row that stands in a folded loop is made first. */
function rowOf(pane, i) {
	for (const fold of pane.querySelectorAll(".fold"))
		if (i >= Number(fold.dataset.from) && i < Number(fold.dataset.to))
			fold.click();
	return pane.querySelector('[data-step="' + i + '"]');
}

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
"use strict";
/* Puts the page together from the data that stands in it. */

const BADGES = "①②③④⑤⑥⑦⑧⑨";

/* Causes are told oldest first; an instruction may be on the way several times, its last counts. */
function prepare(d) {
	const steps = d.story || (d.story = []);

	d.causes.reverse();
	d.causes.forEach((cause, i) => { cause.badge = BADGES[i] || String(i + 1); });
	steps.forEach((step, i) => {
		const next = steps[i + 1];

		if (next && (step.asm || "").startsWith("if "))
			step.taken = next.insn !== step.insn + 1;
	});
	return d;
}

function lastStep(steps, insn) {
	for (let i = steps.length - 1; i >= 0; i--)
		if (insn !== null && steps[i].insn === insn)
			return i;
	return -1;
}

/* The register that the refusal is about: the message names it, or the access goes through it. */
function refusedRegister(d) {
	const m = /\bR(\d)\b/.exec(d.kernel_message || "") ||
		/ \*\)\(r(\d) /.exec(d.primary.asm || "");

	return m ? "R" + m[1] : null;
}

function workbench(d, sources) {
	const view = { steps: d.story, at: Math.max(d.story.length - 1, 0), name: null, behind: false };

	view.refused = lastStep(view.steps, d.primary.insn);
	if (view.refused < 0)
		view.refused = view.steps.length - 1;
	view.causeOf = new Map(d.causes.map((c) => [lastStep(view.steps, c.insn), c.badge]));
	view.causeOf.delete(-1);
	view.show = (i) => {
		const row = rowOf(view.insns, i);

		view.insns.querySelectorAll(".here").forEach((r) => r.classList.remove("here"));
		view.source.querySelectorAll(".here").forEach((r) => r.classList.remove("here"));
		if (row)
			row.classList.add("here");
		const line = sourceLine(view, lineKey(view.steps[i]));

		if (line)
			line.classList.add("here");
		reveal(view.insns, row);
		reveal(view.source, line);
	};
	view.select = (i) => {
		view.at = i;
		view.name = null;
		view.behind = false;
		fillRegisters(view.panel, view);
		view.show(i);
	};
	view.pick = (i, name, behind) => {
		Object.assign(view, { at: i, name: name, behind: behind });
		fillRegisters(view.panel, view);
		view.show(i);
	};
	view.mark = (steps) => {
		view.insns.querySelectorAll(".marked").forEach((r) => r.classList.remove("marked"));
		view.source.querySelectorAll(".marked").forEach((r) => r.classList.remove("marked"));
		for (const i of steps) {
			const row = view.insns.querySelector('[data-step="' + i + '"]');

			if (row)
				row.classList.add("marked");
			const line = i >= 0 && sourceLine(view, lineKey(view.steps[i]));

			if (line)
				line.classList.add("marked");
		}
	};
	view.source = sourcePane(d, sources, (key) => {
		const i = view.steps.findLastIndex((step) => lineKey(step) === key);

		if (i >= 0)
			view.select(i);
	});
	view.insns = insnPane(view, d.omitted || 0);
	view.panel = el("div", { class: "scroll panel", role: "region", "aria-label": "registers" });
	view.insns.addEventListener("keydown", (e) => keys(view, e));
	return view;
}

function sourceLine(view, key) {
	return key && view.source.querySelector('[data-key="' + CSS.escape(key) + '"]');
}

function keys(view, e) {
	const move = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: 20, PageUp: -20 }[e.key];

	if (e.ctrlKey || e.metaKey || e.altKey || !view.steps.length)
		return;
	if (move) {
		view.select(Math.min(view.steps.length - 1, Math.max(0, view.at + move)));
	} else if (/^[0-9]$/.test(e.key)) {
		view.pick(view.at, "R" + e.key, false);
	} else if (e.key === "End" || e.key === "Home") {
		view.select(e.key === "End" ? view.steps.length - 1 : 0);
	} else if (e.key === "Escape") {
		view.select(view.at);
	} else {
		return;
	}
	e.preventDefault();
}

/* [{sign, number, text}] of a patch: what changes, with a line of what is around it. */
function patchLines(patch) {
	const lines = [];
	let before = 0, after = 0;

	for (const line of patch.split("\n")) {
		const hunk = /^@@ -(\d+)\S* \+(\d+)/.exec(line), sign = line[0];

		if (hunk)
			[before, after] = [Number(hunk[1]), Number(hunk[2])];
		else if (before && (sign === "+" || sign === "-" || sign === " "))
			lines.push({ sign: sign, text: line.slice(1),
				number: sign === "-" ? before : after });
		if (!hunk && before && sign !== "+")
			before++;
		if (!hunk && before && sign !== "-")
			after++;
	}
	const changed = (i) => lines[i] && lines[i].sign !== " ";

	return lines.filter((line, i) => changed(i - 1) || changed(i) || changed(i + 1));
}

function editLines(edits) {
	return edits.flatMap((edit) => edit.text.replace(/\n$/, "").split("\n").map((text, i) => (
		{ sign: "+", number: edit.line + i, text: text })));
}

/* What a fix changes: the patch where there is one, else its lines, else its code. */
function fixBody(fix) {
	const lines = fix.patch ? patchLines(fix.patch) : editLines(fix.edits || []);

	if (!lines.length)
		return fix.code ? el("pre", {}, highlighted(fix.code)) : null;
	return el("pre", { class: "diff" }, lines.map((line) => el("span",
		{ class: { "+": "plus", "-": "minus" }[line.sign] || "same" },
		el("span", { class: "number" }, String(line.number)), line.sign + " ", line.text, "\n")));
}

function fixCard(fix, i, count) {
	const title = [count > 1 ? "Fix " + (i + 1) + ": " : "Fix: ", prose(fix.text)];
	const copied = fix.patch || fix.code || (fix.edits || []).map((e) => e.text).join("");
	const extras = [fix.applicability === "machine" &&
		el("span", { class: "pill good" }, "may be applied as it is"), copied && copyButton(copied)];

	/* The best is open, the others are a click away. */
	if (i)
		return el("details", { class: "fix" }, el("summary", {}, title),
			el("div", { class: "extras" }, extras), fixBody(fix));
	return el("section", { class: "fix" }, el("header", {}, el("h3", {}, title), extras), fixBody(fix));
}

function causeItem(view, cause) {
	const go = () => {
		const i = lastStep(view.steps, cause.insn), line = sourceLine(view, lineKey(cause));

		if (i >= 0)
			view.select(i);
		else
			reveal(view.source, line);
	};

	return el("li", {}, el("button", { type: "button", class: "jump", onclick: go },
		el("span", { class: "badge cause" }, cause.badge),
		el("span", {}, cause.line ? el("span", { class: "dim" }, "line " + cause.line + ": ") : "",
			prose(cause.label))));
}

function heading(d) {
	const p = d.primary;
	const where = [p.file && p.line && p.file + ":" + p.line + (p.column ? ":" + p.column : ""),
		p.insn !== null && "instruction " + p.insn, d.program && "program " + d.program];
	const sure = { exact: "the log shows how it came", pattern: "from the message alone",
		fallback: "message not known" }[d.confidence];

	return el("section", { class: "head" },
		el("div", { class: "pills" }, el("span", { class: "pill bad" }, d.code),
			el("span", { class: "pill" }, d.name), el("span", { class: "pill" }, sure)),
		el("h1", {}, prose(d.message)),
		el("p", { class: "where" }, where.filter(Boolean).join(" · ")),
		el("p", { class: "kernel" }, el("span", { class: "dim" }, "the kernel says "),
			el("code", {}, d.kernel_message)));
}

function diagnosticView(d, sources) {
	const view = workbench(prepare(d), sources), register = refusedRegister(d);
	const column = (title, hint, pane) => el("section", { class: "column" },
		el("header", {}, el("h2", {}, title), el("span", { class: "dim" }, hint)), pane);
	const root = el("article", {}, heading(d),
		el("div", { class: "cards" },
			el("section", { class: "card" }, el("h2", {}, "Why"), el("p", {}, prose(d.explanation)),
				d.causes.length > 0 && el("ol", { class: "causes" },
					d.causes.map((cause) => causeItem(view, cause)))),
			d.fixes.length > 0 && el("section", { class: "card" }, el("h2", {}, "What to write"),
				d.fixes.map((fix, i) => fixCard(fix, i, d.fixes.length)))),
		el("div", { class: "bench" },
			column("Source", "", view.source),
			column("Instructions", "↑ ↓ move, 0–9 a register's history", view.insns),
			column("Registers", "", view.panel)));

	/* Scrolling works once it is shown. */
	root.shown = () => {
		if (!view.steps.length) {
			fillRegisters(view.panel, view);
			reveal(view.source, sourceLine(view, lineKey(d.primary)));
		} else if (register) {
			view.pick(view.refused, register, false);
		} else {
			view.select(view.refused);
		}
	};
	return root;
}

function themeButton() {
	return el("button", { type: "button", class: "theme", "aria-label": "dark or light",
		onclick: () => {
			const dark = getComputedStyle(document.documentElement).colorScheme.trim() === "dark";

			document.documentElement.dataset.theme = dark ? "light" : "dark";
		} }, "◐");
}

/* [{title, make}]: a view for each refused program, and one of what verification cost. */
function viewsOf(data) {
	const views = data.diagnostics.map((d, i) => ({
		title: (d.program || "program " + (i + 1)) + " · " + d.code,
		make: () => diagnosticView(d, data.sources),
	}));

	if (data.costs)
		views.push({ title: "costs", make: () => costView(data.costs) });
	return views;
}

function nothingView(data) {
	return el("section", { class: "head" }, el("h1", {}, data.verdict === "accepted" ?
		"Accepted: the log has no refusal" : "No verifier's log in it"));
}

function start() {
	const data = JSON.parse(document.getElementById("data").textContent);
	const views = viewsOf(data), made = new Map(), place = el("main", {});
	const tabs = el("nav", { class: "tabs" });
	const open = (i) => {
		if (!made.has(i))
			made.set(i, views[i].make());
		place.replaceChildren(...(data.diagnostics.length ? [] : [nothingView(data)]), made.get(i));
		if (made.get(i).shown)
			made.get(i).shown();
		[...tabs.children].forEach((tab, n) => tab.setAttribute("aria-current", n === i));
	};

	if (views.length > 1)
		views.forEach((view, i) => tabs.append(el("button", { type: "button",
			onclick: () => open(i) }, view.title)));
	document.body.append(el("div", { class: "top" }, el("span", { class: "brand" }, "⬡ skep explain"),
		tabs, themeButton()), place);
	if (views.length)
		open(0);
	else
		place.append(nothingView(data));
	document.getElementById("plain").remove();
}

start();

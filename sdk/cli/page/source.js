/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
"use strict";
/* The left pane: the source, whole where it was at hand, else the lines that the log quotes. */

/* key -> {primary, causes: [number]}: what stands under a line. */
function annotationsOf(d) {
	const notes = new Map();
	const at = (place) => {
		const key = lineKey(place) || "none";

		if (!notes.has(key))
			notes.set(key, { primary: null, causes: [] });
		return notes.get(key);
	};

	d.causes.forEach((cause) => at(cause).causes.push(cause));
	at(d.primary).primary = d;
	return notes;
}

/* [{title, rows: [{key, number, text}|{gap}]}], the refused file first; in the order of the way. */
function linesOf(d, sources) {
	const files = new Map(), places = [...d.story, ...d.causes, d.primary];

	files.set(d.primary.line ? d.primary.file || "" : "", new Map());
	for (const place of places) {
		const key = lineKey(place);

		if (!key)
			continue;
		const name = place.line ? place.file || "" : "";

		if (!files.has(name))
			files.set(name, new Map());
		if (!files.get(name).has(key) || !files.get(name).get(key).text)
			files.get(name).set(key, { key: key, number: place.line || 0, text: place.text || "" });
	}
	return [...files].filter(([, lines]) => lines.size).map(([name, lines]) => ({
		title: name || "lines that the log quotes",
		whole: Boolean(sources[name]),
		rows: sources[name] ? sources[name].map((text, i) => (
			{ key: name + ":" + (i + 1), number: i + 1, text: text })) :
			withGaps([...lines.values()]),
	}));
}

function withGaps(rows) {
	const out = [];

	if (rows.some((row) => row.number))
		rows.sort((a, b) => a.number - b.number);
	rows.forEach((row, i) => {
		if (i && row.number && row.number > rows[i - 1].number + 1)
			out.push({ gap: true });
		out.push(row);
	});
	return out;
}

function noteRow(kind, badge, text) {
	return el("div", { class: "note " + kind }, el("span", { class: "badge" }, badge),
		el("span", {}, prose(text)));
}

function sourceRow(row, notes, used, pick) {
	const note = notes.get(row.key), kind = note ? note.primary ? "refused" : "cause" : "";
	const line = el("div", { class: "line " + kind + (used.has(row.key) ? " used" : ""),
		"data-key": row.key, onclick: () => pick(row.key) },
	el("span", { class: "number" }, row.number || ""),
	el("code", {}, highlighted(row.text.replace(/\t/g, "    "))));

	if (!note)
		return [line];
	return [line, note.causes.map((c) => noteRow("cause", c.badge, c.label)),
		note.primary && noteRow("refused", "✕", note.primary.kernel_message)];
}

function sourcePane(d, sources, pick) {
	const notes = annotationsOf(d), used = new Set(d.story.map(lineKey));
	const pane = el("div", { class: "scroll source", tabindex: "0", "aria-label": "source" });
	const files = linesOf(d, sources);

	for (const file of files) {
		pane.append(el("div", { class: "file" }, file.title,
			!file.whole && el("span", { class: "dim" }, " quoted lines; -C DIR finds the file")));
		for (const row of file.rows)
			pane.append(...(row.gap ? [el("div", { class: "gap" }, "⋯")] :
				sourceRow(row, notes, used, pick).flat().filter(Boolean)));
	}
	if (!files.length)
		pane.append(el("p", { class: "empty" },
			"The log quotes no source. Objects made with -g have it; skep explain -o OBJECT adds it."));
	return pane;
}

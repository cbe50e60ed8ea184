/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What -o adds: the names of C variables, where libskep-dwarf was there when this was built. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain_show.h"

#ifdef SKEP_WITH_DWARF
#include <skep/dwarf.h>

/* One object at a time, and kept: several logs may be of it. */
const struct skep_explain_names *show_names(const char *object)
{
	static struct skep_dwarf *dwarf;
	static struct skep_explain_names names;
	static char *of;

	if (!object)
		return NULL;
	if (!of || strcmp(of, object) != 0) {
		skep_dwarf_free(dwarf);
		dwarf = NULL;
		free(of);
		of = strdup(object);
		/* Without -g there are no names; the lines are the explainer's business. */
		if (of && !skep_dwarf_open(&dwarf, object))
			skep_dwarf_names(dwarf, &names);
	}
	return dwarf ? &names : NULL;
}
#else
const struct skep_explain_names *show_names(const char *object)
{
	(void)object;
	return NULL;
}
#endif

/* Each once: for a wrong object all programs of a log have the same. */
void show_object_notes(const char *what, const struct skep_explanation *explanation)
{
	const char *last = NULL;

	for (size_t i = 0; i < skep_explanation_count(explanation); i++) {
		const char *note = skep_explanation_diagnostic(explanation, i)->object_note;

		if (note && (!last || strcmp(last, note) != 0))
			fprintf(stderr, "%s: note: %s\n", what, note);
		last = note ? note : last;
	}
}

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * SARIF 2.1.0: what editors and CI sites read. A refusal is a result; its causes are a code flow,
 * the oldest first, and related locations, for readers that show only one of them.
 */
#include "explain_sarif_place.h"

#include <stdint.h>
#include <string.h>

#include <skep/version.h>

static json_t *message(json_t *text)
{
	json_t *object = json_object();

	json_object_set_new(object, "text", text);
	return object;
}

static json_t *rule_json(const struct skep_diagnostic *d)
{
	struct skep_catalogue_page page;
	json_t *rule = json_object(), *level = json_object();

	json_object_set_new(rule, "id", form_text(d->code));
	json_object_set_new(rule, "name", form_text(d->name));
	json_object_set_new(level, "level", json_string("error"));
	json_object_set_new(rule, "defaultConfiguration", level);
	if (skep_catalogue_find(&page, d->code))
		return rule;
	json_object_set_new(rule, "shortDescription", message(form_text(page.title)));
	json_object_set_new(rule, "fullDescription", message(form_text(page.explanation)));
	json_object_set_new(
		rule, "help",
		message(form_printf("%s\n\nMore: skep explain %s", page.explanation, page.code)));
	json_object_set_new(json_object_get(rule, "help"), "markdown",
			    form_printf("**%s**\n\n%s\n\nMore: `skep explain %s`", page.title,
					page.explanation, page.code));
	return rule;
}

/* The place of a code's rule, which is added at its first use. */
static size_t rule_index(json_t *rules, const struct skep_diagnostic *d)
{
	size_t i;
	json_t *rule;

	json_array_foreach(rules, i, rule)
		if (!strcmp(json_string_value(json_object_get(rule, "id")), d->code))
			return i;
	json_array_append_new(rules, rule_json(d));
	return json_array_size(rules) - 1;
}

static json_t *cause_location(const struct show *show, const struct skep_diagnostic *d,
			      const struct skep_cause *cause)
{
	json_t *location = sarif_location(show, d->program, &cause->place);

	json_object_set_new(location, "message", message(form_text(cause->label)));
	return location;
}

static json_t *related_locations(const struct show *show, const struct skep_diagnostic *d)
{
	json_t *array = json_array();

	for (size_t i = d->cause_count; i-- > 0;) {
		json_t *location = cause_location(show, d, &d->causes[i]);

		json_object_set_new(location, "id", json_integer((json_int_t)(d->cause_count - i)));
		json_array_append_new(array, location);
	}
	return array;
}

static void add_step(json_t *steps, json_t *location, const char *importance)
{
	json_t *step = json_object();

	json_object_set_new(step, "location", location);
	json_object_set_new(step, "executionOrder",
			    json_integer((json_int_t)json_array_size(steps) + 1));
	json_object_set_new(step, "importance", json_string(importance));
	json_array_append_new(steps, step);
}

static json_t *code_flows(const struct show *show, const struct skep_diagnostic *d)
{
	json_t *steps = json_array(), *thread = json_object(), *flow = json_object();
	json_t *last = sarif_location(show, d->program, &d->primary);

	for (size_t i = d->cause_count; i-- > 0;)
		add_step(steps, cause_location(show, d, &d->causes[i]), "important");
	json_object_set_new(last, "message", message(form_text(d->kernel_message)));
	add_step(steps, last, "essential");
	json_object_set_new(thread, "locations", steps);
	json_object_set_new(flow, "threadFlows", json_pack("[o]", thread));
	return json_pack("[o]", flow);
}

/* Stays the same when lines are added above: the code, the program and the line's words. */
static json_t *fingerprint(const struct skep_diagnostic *d)
{
	const char *parts[] = { d->code, d->program, d->primary.file, d->primary.text };
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (const char *c = parts[i] ? parts[i] : ""; *c; c++)
			if (*c != ' ' && *c != '\t')
				hash = (hash ^ (unsigned char)*c) * 1099511628211u;
		hash = (hash ^ 0xff) * 1099511628211u;
	}
	return form_printf("%016llx", (unsigned long long)hash);
}

static json_t *properties(const struct skep_diagnostic *d)
{
	static const char *const confidences[] = { "fallback", "pattern", "exact" };
	json_t *object = json_object();

	json_object_set_new(object, "kernelMessage", form_text(d->kernel_message));
	json_object_set_new(object, "confidence", json_string(confidences[d->confidence]));
	if (d->primary.insn >= 0)
		json_object_set_new(object, "instruction", json_integer(d->primary.insn));
	return object;
}

static json_t *result_json(const struct show *show, const struct skep_diagnostic *d, size_t rule)
{
	json_t *result = json_object(), *prints = json_object(), *fixes;

	json_object_set_new(result, "ruleId", form_text(d->code));
	json_object_set_new(result, "ruleIndex", json_integer((json_int_t)rule));
	json_object_set_new(result, "level", json_string("error"));
	json_object_set_new(result, "message",
			    message(form_printf("%s.\n%s\nThe kernel says: %s", d->message,
						d->explanation, d->kernel_message)));
	json_object_set_new(result, "locations",
			    json_pack("[o]", sarif_location(show, d->program, &d->primary)));
	json_object_set_new(result, "codeFlows", code_flows(show, d));
	if (d->cause_count)
		json_object_set_new(result, "relatedLocations", related_locations(show, d));
	fixes = sarif_fixes(show, d);
	if (json_array_size(fixes))
		json_object_set(result, "fixes", fixes);
	json_decref(fixes);
	json_object_set_new(prints, "skepRefusal/v1", fingerprint(d));
	json_object_set_new(result, "partialFingerprints", prints);
	json_object_set_new(result, "properties", properties(d));
	return result;
}

static json_t *run_json(const struct show *show, const struct skep_explanation *explanation)
{
	bool read = skep_explanation_verdict(explanation) != SKEP_VERDICT_UNKNOWN;
	json_t *run = json_object(), *rules = json_array(), *results = json_array();
	json_t *driver = json_object();

	for (size_t i = 0; i < skep_explanation_count(explanation); i++) {
		const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, i);

		json_array_append_new(results, result_json(show, d, rule_index(rules, d)));
	}
	json_object_set_new(driver, "name", json_string("skep"));
	json_object_set_new(driver, "version", form_text(skep_version_string()));
	json_object_set_new(driver, "semanticVersion", form_text(skep_version_string()));
	json_object_set_new(driver, "rules", rules);
	json_object_set_new(run, "tool", json_pack("{so}", "driver", driver));
	json_object_set_new(run, "invocations", json_pack("[{sb}]", "executionSuccessful", read));
	json_object_set_new(run, "originalUriBaseIds", sarif_base());
	json_object_set_new(run, "columnKind", json_string("utf16CodeUnits"));
	json_object_set_new(run, "results", results);
	return run;
}

int show_sarif(const struct show *show, const struct skep_explanation *explanation, FILE *out)
{
	json_t *log = json_object();

	json_object_set_new(log, "$schema",
			    json_string("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/"
					"os/schemas/sarif-schema-2.1.0.json"));
	json_object_set_new(log, "version", json_string("2.1.0"));
	json_object_set_new(log, "runs", json_pack("[o]", run_json(show, explanation)));
	return form_dump(log, out);
}

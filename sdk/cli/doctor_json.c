/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is common to all that `skep doctor --format json` prints. */
#include "doctor.h"

#include <string.h>
#include <sys/utsname.h>

#include <bpf/libbpf.h>

#define SCHEMA 1 /* another number: members were renamed or removed */

static const char *const answers[] = {
	[SKEP_UNKNOWN] = "unknown", [SKEP_NO] = "no", [SKEP_YES] = "yes"
};

void doctor_set_text(json_t *object, const char *key, const char *text)
{
	/* Paths and lines of source may be of any bytes; JSON is UTF-8. */
	if (text && *text && json_object_set_new(object, key, json_string(text)))
		json_object_set_new(object, key, json_string("(not UTF-8)"));
}

void doctor_set_answer(json_t *object, enum skep_answer answer, uint32_t since, int code)
{
	const char *name = code ? strerrorname_np(code) : NULL;
	char text[32] = "";

	if (since)
		snprintf(text, sizeof(text), "%u.%u", since >> 16, since >> 8 & 255);
	json_object_set_new(object, "answer", json_string(answers[answer]));
	doctor_set_text(object, "since", text);
	doctor_set_text(object, "errno", name);
}

json_t *doctor_json(void)
{
	uint32_t version = skep_kernel_version();
	json_t *all = json_object(), *kernel = json_object();
	struct utsname name;
	char text[32] = "";

	if (version)
		snprintf(text, sizeof(text), "%u.%u.%u", version >> 16, version >> 8 & 255,
			 version & 255);
	doctor_set_text(kernel, "version", text);
	if (!uname(&name)) {
		doctor_set_text(kernel, "release", name.release);
		doctor_set_text(kernel, "machine", name.machine);
	}
	json_object_set_new(all, "schema", json_integer(SCHEMA));
	json_object_set_new(all, "kernel", kernel);
	return all;
}

json_t *doctor_facts_json(void)
{
	static const char *const names[] = { "cap_bpf", "cap_perfmon", "cap_net_admin",
					     "cap_sys_admin", "cap_sys_resource" };
	json_t *facts = json_object(), *capabilities = json_object();
	const char *lockdown = skep_kernel_lockdown();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_object_set_new(capabilities, names[i],
				    json_string(answers[skep_kernel_has_capability(names[i])]));
	json_object_set_new(facts, "capabilities", capabilities);
	json_object_set_new(facts, "lockdown", json_string(lockdown ? lockdown : "unknown"));
	json_object_set_new(facts, "libbpf", json_string(libbpf_version_string()));
	return facts;
}

int doctor_json_print(FILE *to, json_t *all)
{
	int err = all ? json_dumpf(all, to, JSON_INDENT(2)) : -1;

	fputc('\n', to);
	json_decref(all);
	return err;
}

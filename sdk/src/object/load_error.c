/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Why a load failed: from libbpf's words, the verifier's log and what this kernel is. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skep/kernel.h>
#include <skep/verifier.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "kernel/facts.h"
#include "kernel/reason.h"
#include "kernel/since.h"
#include "object.h"
#include "sections.h"
#include "struct_ops.h"

#define LINE 256

/* The verifier's last words, for a log that says nothing known: neither statistics nor empty. */
static void last_words(const char *log, char *line, size_t room)
{
	line[0] = '\0';
	while (*log) {
		size_t length = strcspn(log, "\n");

		if (length && strncmp(log, "processed ", 10) &&
		    strncmp(log, "verification time", 17) && strncmp(log, "stack depth", 11))
			snprintf(line, room, "%.*s", (int)length, log);
		log += length + (log[length] == '\n');
	}
}

/* Refused before the verifier looked at an instruction: statistics at most. */
static bool says_nothing(const char *log)
{
	char line[LINE];

	last_words(log, line, sizeof(line));
	return !line[0];
}

/* What the explainer makes of a log: the kernel's words, and for the hint its own. */
struct words {
	char kernel[LINE];
	char hint[2 * LINE];
};

static void describe(struct words *words, const struct skep_diagnostic *d)
{
	const char *slash = d->primary.file ? strrchr(d->primary.file, '/') : NULL;
	char place[LINE] = "";

	/* An object has the whole path, which would leave no room for what is wrong. */
	if (d->primary.file && d->primary.line)
		snprintf(place, sizeof(place), "%s:%u: ", slash ? slash + 1 : d->primary.file,
			 d->primary.line);
	snprintf(words->kernel, sizeof(words->kernel), "%s", d->kernel_message);
	if (d->confidence != SKEP_CONFIDENCE_FALLBACK)
		snprintf(words->hint, sizeof(words->hint), "%s%s (%s)%s%s", place, d->message,
			 d->code, d->fix_count ? ": " : "", d->fix_count ? d->fixes[0].text : "");
}

/* With the lines of the object, where it tells any. */
static int explain(struct skep_explanation **explanation, const struct skep_object *object,
		   const char *program, const char *log)
{
	struct skep_explain_opts opts = { .sz = sizeof(opts), .program = program };

	opts.object_data = object->image;
	opts.object_bytes = object->image_bytes;
	if (object->image && !skep_explain(explanation, log, strlen(log), &opts))
		return 0;
	opts.object_data = NULL;
	return skep_explain(explanation, log, strlen(log), &opts);
}

static void explain_log(struct words *words, const struct skep_object *object, const char *program,
			const char *log)
{
	SKEP_AUTO(skep_explanation) *explanation = NULL;
	SKEP_KEEP_ERROR;

	*words = (struct words){ 0 };
	if (!explain(&explanation, object, program, log) && skep_explanation_count(explanation))
		describe(words, skep_explanation_diagnostic(explanation, 0));
	else
		last_words(log, words->kernel, sizeof(words->kernel));
}

static const struct skep_program *find(const struct skep_object *object, const char *name)
{
	return name[0] ? skep_object_program(object, name) : NULL;
}

/* The kernel's reason where it is known better than by errno, as message and hint. */
static int refuse(const struct skep_refusal *refusal, const char *what)
{
	char why[512], hint[512];
	int err = -refusal->code;

	if (err == -EMFILE) /* what would look for reasons could open no file either */
		return skep_fail_hint(skep_fail(err, "%s: no file descriptor is free", what),
				      "close some, or raise the limit: `ulimit -n`");
	if (skep_kernel_lacks(refusal))
		err = -EOPNOTSUPP;
	if (!skep_kernel_reason(refusal, why, sizeof(why), hint, sizeof(hint)))
		return skep_fail(err, "%s: %s", what, strerror(refusal->code));
	skep_fail(err, "%s: %s", what, why);
	return hint[0] ? skep_fail_hint(err, "%s", hint) : err;
}

static int explain_program(const struct skep_object *object, const char *name, int err)
{
	const struct skep_program *program = find(object, name);
	const char *section = program ? skep_program_section(program) : NULL;
	const char *slash = section ? strchr(section, '/') : NULL;
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_LOAD, skep_errno_standard(err));
	char what[LINE];

	if (program) {
		refusal.prog_type = (int)bpf_program__type(program->prog);
		refusal.attach_type = (int)bpf_program__expected_attach_type(program->prog);
		refusal.section = section;
		refusal.target = slash ? slash + 1 : NULL;
	}
	snprintf(what, sizeof(what), "cannot load program '%s'%s%s%s", name, section ? " (" : "",
		 section ? section : "", section ? ")" : "");
	return refuse(&refusal, what);
}

static int explain_map(const struct skep_object *object, const char *name, int err)
{
	const struct skep_map *map = skep_object_map(object, name);
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_MAP, skep_errno_standard(err));
	char what[LINE];

	if (map)
		refusal.map_type = (int)map->type;
	snprintf(what, sizeof(what), "cannot create map '%s'", name);
	return refuse(&refusal, what);
}

/* One that cannot do without the kernel's types, or NULL: then it is CO-RE. */
static const struct skep_program *find_typed(const struct skep_object *object)
{
	for (size_t i = 0; i < object->program_count; i++) {
		const struct bpf_program *prog = object->programs[i].prog;

		switch (bpf_program__type(prog)) {
		case BPF_PROG_TYPE_TRACING:
		case BPF_PROG_TYPE_LSM:
		case BPF_PROG_TYPE_STRUCT_OPS:
			if (bpf_program__autoload(prog))
				return &object->programs[i];
			break;
		default:
			break;
		}
	}
	return NULL;
}

/* libbpf did not find the kernel's types: they are not there, hidden, or no descriptor was free. */
static int explain_btf(const struct skep_object *object, int err)
{
	const struct skep_program *program = find_typed(object);
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_LOAD, skep_errno_standard(err));
	AUTO_CLOSE int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
	char what[LINE];

	if (program)
		return explain_program(object, skep_program_name(program),
				       fd < 0 && errno == EMFILE ? -EMFILE : err);
	if (fd < 0 && errno == EMFILE)
		refusal.code = EMFILE;
	refusal.needs_btf = true;
	snprintf(what, sizeof(what), "cannot load object '%s'", skep_object_name(object));
	return refuse(&refusal, what);
}

/* SEC("fentry"), and nobody said of which function. */
static int explain_target(const struct skep_object *object, const char *name)
{
	const struct skep_program *program = skep_object_program(object, name);
	bool replaces = program && bpf_program__type(program->prog) == BPF_PROG_TYPE_EXT;

	return skep_fail_hint(
		skep_fail(EINVAL, "cannot load program '%s' (%s): what it is for is not said", name,
			  program ? skep_program_section(program) : "?"),
		"say it between open and load, with %s, or in its section: SEC(\"%s/...\")",
		replaces ? "skep_program_set_target_program()" : "skep_program_set_target()",
		program ? skep_program_section(program) : "fentry");
}

/* What is pinned was changed between our look at it and libbpf's, or differs in what BTF has not. */
static int explain_pin(const char *path, int err)
{
	return skep_fail_hint(skep_fail(err,
					"the map that is pinned at %s has another kind, other "
					"sizes, flags or map_extra than the object declares",
					path),
			      "change it with skep_object_migrate_map(), or remove the pin");
}

/* The helper that the verifier does not know, where that is because the kernel is older than it. */
static const struct skep_since *newer_helper(const char *words)
{
	const char *number = strrchr(words, '#');
	const struct skep_since *row;
	uint32_t version = skep_kernel_version();

	if (!number || (strncmp(words, "unknown func ", 13) && strncmp(words, "invalid func ", 13)))
		return NULL;
	row = skep_kernel_since_number(SKEP_SINCE_HELPER, atoi(number + 1));
	return row && version && version < row->version ? row : NULL;
}

static int explain_newer_helper(const char *program, const struct skep_since *helper, char *log)
{
	char since[32], here[32];
	int err = skep_fail(-EOPNOTSUPP, "program '%s' needs %s(), which came with Linux %s",
			    program, helper->name,
			    skep_kernel_version_text(helper->version, since, sizeof(since)));

	skep_fail_hint(err,
		       "this kernel is %s: leave the program out with skep_program_enable(), or do "
		       "without the helper",
		       skep_kernel_version_text(skep_kernel_version(), here, sizeof(here)));
	return skep_fail_log(err, log);
}

static bool is_system_call(const char *function)
{
	return !strncmp(function, "__x64_sys_", 10) || !strncmp(function, "__arm64_sys_", 12);
}

/* fmod_ret: "vfs_read() is not modifiable", of most functions; of system calls it is the kernel's choice. */
static int explain_unmodifiable(const char *program, const char *words, char *log)
{
	int length = (int)strcspn(words, "("), err = -EACCES;
	bool is_off = skep_kernel_config("CONFIG_FUNCTION_ERROR_INJECTION") == SKEP_CONFIG_OFF;

	if (is_system_call(words)) {
		err = skep_fail(-EOPNOTSUPP,
				"cannot load program '%s' (fmod_ret): this kernel lets no program "
				"change what %.*s() returns%s",
				program, length, words,
				is_off ? " (CONFIG_FUNCTION_ERROR_INJECTION is not set)" : "");
		skep_fail_hint(err, "take a hook of the security modules, as "
				    "security_inode_mkdir; or Linux 7.3, which lets it");
	} else {
		skep_fail(err,
			  "the verifier refused program '%s': what %.*s() returns cannot be "
			  "changed",
			  program, length, words);
		skep_fail_hint(err, "fmod_ret is for functions that begin with security_, and for "
				    "those of /sys/kernel/debug/error_injection/list; fentry and "
				    "fexit can watch the others");
	}
	return skep_fail_log(err, log);
}

static int explain_verifier(const struct skep_object *object, const char *program, char *log,
			    int err)
{
	const struct skep_since *helper;
	struct words words;
	const char *forbidden;

	explain_log(&words, object, program, log);
	helper = newer_helper(words.kernel);
	if (helper)
		return explain_newer_helper(program, helper, log);
	if (strstr(words.kernel, "() is not modifiable"))
		return explain_unmodifiable(program, words.kernel, log);
	forbidden = skep_kernel_lockdown_forbids(words.kernel);
	/* Privilege and memory say themselves; everything else with a log is the verifier's no. */
	if (err != -EPERM && err != -ENOMEM)
		err = -EACCES;
	skep_fail(err, "the verifier refused program '%s': %s", program, words.kernel);
	if (skep_kernel_has_capability("cap_perfmon") == SKEP_NO)
		skep_fail_hint(err, "this process lacks CAP_PERFMON, without which the verifier "
				    "forbids more: run it with sudo, or grant cap_bpf,cap_perfmon");
	else if (forbidden)
		skep_fail_hint(err, "%s", forbidden);
	else if (words.hint[0])
		skep_fail_hint(err, "%s", words.hint);
	return skep_fail_log(err, log);
}

/* Who set a buffer of his own for the program's log has the log there, and libbpf does not print it. */
static char *own_log(const struct skep_object *object, char *name, size_t room)
{
	size_t bytes = 0;
	const char *log = NULL;

	if (object->refused)
		log = bpf_program__log_buf(object->refused->prog, &bytes);
	if (!log || !bytes || !log[0])
		return NULL;
	snprintf(name, room, "%s", skep_program_name(object->refused));
	return strndup(log, bytes);
}

int skep_object_explain_load(const struct skep_object *object, int err,
			     const struct skep_capture *said)
{
	char name[LINE] = "", complaint[512];
	char *log = skep_capture_verifier_log(said, name, sizeof(name));
	int about;

	if (!log)
		log = own_log(object, name, sizeof(name));
	if (log && !says_nothing(log))
		return explain_verifier(object, name, log, skep_errno_standard(err));
	free(log);
	about = skep_struct_ops_explain(object, skep_errno_standard(err), said);
	if (about)
		return about;
	if (name[0] ||
	    skep_capture_name(said, "prog '", "': BPF program load failed", name, sizeof(name)) ||
	    skep_capture_name(said, "prog '", "': failed to find kernel BTF type ID", name,
			      sizeof(name)))
		return explain_program(object, name, err);
	if (skep_capture_name(said, "prog '", "': no BTF-based attach target is specified", name,
			      sizeof(name)))
		return explain_target(object, name);
	if (skep_capture_name(said, "prog '", "': missing BPF prog type", name, sizeof(name)) &&
	    find(object, name))
		return skep_section_refuse(name, skep_program_section(find(object, name)),
					   skep_errno_standard(err));
	if (skep_capture_name(said, "couldn't reuse pinned map at '", "': parameter mismatch", name,
			      sizeof(name)))
		return explain_pin(name, -EPROTOTYPE);
	if (skep_capture_name(said, "map '", "': failed to create", name, sizeof(name)))
		return explain_map(object, name, err);
	skep_capture_complaint(said, complaint, sizeof(complaint));
	if (strstr(complaint, "kernel BTF") || strstr(complaint, "vmlinux BTF"))
		return explain_btf(object, err);
	if (complaint[0] && err != -EPERM && err != -ENOSYS && err != -EMFILE)
		return skep_fail(err, "cannot load object '%s': %s", skep_object_name(object),
				 complaint);
	return refuse(&SKEP_REFUSAL(SKEP_REQUEST_LOAD, skep_errno_standard(err)),
		      "cannot load the object");
}

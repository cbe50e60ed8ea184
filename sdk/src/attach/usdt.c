/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "usdt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include <skep/attach.h>

#include "attach.h"
#include "base/fail.h"
#include "base/opts.h"
#include "object/capture.h"
#include "object/link.h"
#include "object/object.h"
#include "uprobe.h"

/* Where libbpf puts how to read arguments: <bpf/usdt.bpf.h> declares it. */
#define SPECS "__bpf_usdt_specs"

/* A stranger's object is not known: libbpf tells then. */
static bool may_read_arguments(const struct skep_program *program)
{
	return !program->object || bpf_object__find_map_by_name(program->object->obj, SPECS);
}

/* -errno, with libbpf's words in the capture around it. */
static int attach_by_libbpf(struct skep_link **out, const struct skep_program *program,
			    const char *path, const char *provider, const char *name, int pid,
			    uint64_t cookie)
{
	LIBBPF_OPTS(bpf_usdt_opts, opts, .usdt_cookie = cookie);
	struct bpf_link *link = bpf_program__attach_usdt(program->prog, pid ? pid : -1, path,
							 provider, name, &opts);
	int err;

	if (!link)
		return -errno;
	err = skep_link_from_libbpf(out, link);
	if (!err)
		skep_link_set_way(*out, "usdt");
	return err;
}

static bool was_said(const char *words)
{
	const struct skep_capture *said = skep_capture_current();

	return said && said->text && strstr(said->text, words);
}

/* All places, without arguments. */
static int attach_sites(struct skep_link **out, const struct skep_program *program,
			struct skep_elf_sites *sites, const struct skep_binary *binary, int pid,
			uint64_t cookie)
{
	struct skep_uprobe_place shared = {
		.path = binary->path, .pid = pid, .cookie = cookie, .each = true
	};
	int err;

	if (cookie) {
		sites->cookies = calloc(sites->count, sizeof(*sites->cookies));
		if (!sites->cookies)
			return skep_fail(ENOMEM, "no memory for %zu places", sites->count);
		for (size_t i = 0; i < sites->count; i++)
			sites->cookies[i] = cookie;
	}
	err = skep_uprobe_attach_sites(out, program, sites, &shared, binary->shown);
	if (!err)
		skep_link_set_way(*out, skep_uprobe_is_multi(program) ? "usdt by uprobe.multi"
								      : "usdt by uprobe");
	return err;
}

static int refuse(const struct skep_program *program, int err, const char *provider,
		  const char *name, const struct skep_uprobe_place *place, const char *shown)
{
	char words[256] = "";

	if (!was_said("unrecognized arg") && !was_said("unrecognized register") &&
	    !was_said("unsupported arg") && !was_said("too many USDT arguments"))
		return skep_uprobe_refuse(program, err, place, shown);
	skep_capture_complaint(skep_capture_current(), words, sizeof(words));
	return skep_fail_hint(skep_fail(EOPNOTSUPP, "cannot read the arguments of %s:%s in %s: %s",
					provider, name, shown, words),
			      "use a program that does not include <bpf/usdt.bpf.h>, or a newer "
			      "libbpf");
}

static int attach(struct skep_link **out, const struct skep_program *program,
		  const struct skep_binary *binary, struct skep_elf_sites *sites,
		  const char *provider, const char *name, const struct skep_usdt_opts *opts)
{
	uint64_t cookie = SKEP_OPT(opts, cookie);
	struct skep_uprobe_place place = { .path = binary->path, .pid = SKEP_OPT(opts, pid) };
	int err;

	if (may_read_arguments(program)) {
		err = attach_by_libbpf(out, program, binary->path, provider, name, place.pid,
				       cookie);
		if (!err || !was_said("USDT support BPF maps"))
			return err ? refuse(program, err, provider, name, &place, binary->shown)
				   : 0;
	}
	return attach_sites(out, program, sites, binary, place.pid, cookie);
}

int skep_attach_usdt(struct skep_link **out, const struct skep_program *program, const char *binary,
		     const char *provider, const char *name, const struct skep_usdt_opts *opts)
{
	struct skep_binary found SKEP_BINARY_AUTO = SKEP_BINARY_NONE;
	struct skep_elf elf SKEP_ELF_AUTO = SKEP_ELF_NONE;
	struct skep_elf_sites sites SKEP_ELF_SITES_AUTO = { 0 };
	struct skep_binary_query query = { .binary = binary };
	int pid = SKEP_OPT(opts, pid), path_of = SKEP_OPT(opts, path_of);
	SKEP_CAPTURE(said);
	int err = SKEP_OPTS_CHECK(opts);

	err = err ? err : skep_uprobe_need(program);
	if (err)
		return err;
	if (!provider || !*provider || !name || !*name)
		return skep_fail_hint(skep_fail(EINVAL, "a probe has a provider and a name"),
				      "`readelf -n FILE` shows both");
	query.pid = path_of ? path_of : pid;
	query.build_id = SKEP_OPT(opts, build_id);
	err = pid < 0 ? skep_fail(EINVAL, "%d is no process", pid)
		      : skep_binary_find(&found, &query);
	err = err ? err : skep_elf_open(&elf, found.path, found.shown);
	err = err ? err : skep_usdt_find(&elf, provider, name, &sites);
	if (err)
		return err;
	return attach(out, program, &found, &sites, provider, name, opts);
}

/* BINARY:PROVIDER:NAME */
int skep_attach_usdt_section(struct skep_link **out, const struct skep_program *program,
			     const char *target)
{
	AUTO_FREE char *text = strdup(target);
	char *name = text ? strrchr(text, ':') : NULL, *provider;

	if (!text)
		return skep_fail(ENOMEM, "no memory for the section's name");
	if (!name)
		return -EDESTADDRREQ; /* without words */
	*name++ = '\0';
	provider = strrchr(text, ':');
	if (!provider || provider == text)
		return skep_fail_hint(
			skep_fail(EINVAL, "program '%s': the section %s does not say where to",
				  bpf_program__name(program->prog),
				  bpf_program__section_name(program->prog)),
			"write it as SEC(\"usdt/BINARY:PROVIDER:NAME\")");
	*provider++ = '\0';
	return skep_attach_usdt(out, program, text, provider, name, NULL);
}

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The kernel's real version. Distributions freeze the name of the release so that modules go on
 * fitting: Debian's 6.1.0-18-amd64 is 6.1.76, Ubuntu's 6.5.0-14-generic is 6.5.3.
 */
#include "facts.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static uint32_t parse_triple(const char *text)
{
	unsigned int major, minor, patch = 0;

	if (!text || sscanf(text, "%u.%u.%u", &major, &minor, &patch) < 2)
		return 0;
	if (major > 255 || minor > 255)
		return 0;
	return SKEP_KERNEL_VERSION(major, minor, patch);
}

/* "Ubuntu 6.5.0-14.14-generic 6.5.3": the last word. */
static uint32_t parse_signature(const char *signature)
{
	const char *last = signature ? strrchr(signature, ' ') : NULL;

	return last ? parse_triple(last + 1) : 0;
}

/* "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)" */
static uint32_t parse_build(const char *build)
{
	static const char word[] = "Debian ";
	const char *at = build ? strstr(build, word) : NULL;

	return at ? parse_triple(at + sizeof(word) - 1) : 0;
}

uint32_t skep_kernel_version_parse(const char *release, const char *build, const char *signature)
{
	uint32_t named = parse_triple(release);
	uint32_t real = parse_signature(signature);

	if (!real)
		real = parse_build(build);
	/* A rebuilt kernel keeps odd texts: believe them about the patch level only. */
	return (real >> 8) == (named >> 8) ? real : named;
}

uint32_t skep_kernel_version(void)
{
	char signature[256];
	struct utsname name;

	if (uname(&name))
		return 0;
	if (skep_kernel_read("/proc/version_signature", signature, sizeof(signature)))
		signature[0] = '\0';
	return skep_kernel_version_parse(name.release, name.version, signature);
}

const char *skep_kernel_version_text(uint32_t version, char *buf, size_t size)
{
	unsigned int patch = version & 255;

	if (patch)
		snprintf(buf, size, "%u.%u.%u", version >> 16, (version >> 8) & 255, patch);
	else
		snprintf(buf, size, "%u.%u", version >> 16, (version >> 8) & 255);
	return buf;
}

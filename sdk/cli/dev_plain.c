/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A single file without a project: clang, with the flags that skep_add_bpf_program() has. */
#include "dev.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "own.h"

#if defined(__x86_64__)
#define ARCH "-D__TARGET_ARCH_x86"
#elif defined(__aarch64__)
#define ARCH "-D__TARGET_ARCH_arm64"
#else
#define ARCH "-DSKEP_TARGET_ARCH_UNKNOWN"
#endif

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define MACHINE "bpfeb"
#else
#define MACHINE "bpfel"
#endif

/* Once per run, and only for a source that wants it. */
static int make_vmlinux(struct dev_build *build)
{
	char path[PATH_MAX + 16];
	const char *const argv[] = { "/proc/self/exe", "vmlinux", "-o", path, NULL };

	snprintf(path, sizeof(path), "%s/vmlinux.h", build->folder);
	return dev_build_command(build, argv);
}

static int compile(struct dev_build *build)
{
	char headers[OWN_PATH], shared[OWN_PATH], here[PATH_MAX], dependencies[PATH_MAX + 8];
	char folder[PATH_MAX + 8], own[PATH_MAX + 8];
	const char *const argv[] = { cli_clang(),
				     "-target",
				     MACHINE,
				     "-g",
				     "-O2",
				     "-std=gnu11",
				     "-mcpu=v3",
				     "-DSKEP_BPF_CPU_V3",
				     ARCH,
				     "-Wall",
				     "-Wextra",
				     "-Wno-unused-parameter",
				     "-Werror=implicit-function-declaration",
				     folder,
				     own,
				     "-isystem",
				     headers,
				     "-isystem",
				     shared,
#ifdef SKEP_MULTIARCH_INCLUDE
				     "-idirafter",
				     SKEP_MULTIARCH_INCLUDE,
#endif
				     "-MD",
				     "-MF",
				     dependencies,
				     "-c",
				     build->source,
				     "-o",
				     build->object,
				     NULL };

	if (!own_find(headers, "/../include", SKEP_BUILD_HEADERS))
		snprintf(headers, sizeof(headers), "/usr/include");
	if (!own_find(shared, "/../include", SKEP_BUILD_SHARED_HEADERS))
		snprintf(shared, sizeof(shared), "/usr/include");
	snprintf(here, sizeof(here), "%s", build->source);
	snprintf(folder, sizeof(folder), "-I%s", dirname(here));
	snprintf(own, sizeof(own), "-I%s", build->folder);
	snprintf(dependencies, sizeof(dependencies), "%s.d", build->object);
	return dev_build_command(build, argv);
}

int dev_plain_run(struct dev_build *build)
{
	int status = compile(build);

	if (status <= 0 || !strstr(build->output, "'vmlinux.h' file not found"))
		return status;
	status = make_vmlinux(build);
	return status ? status : compile(build);
}

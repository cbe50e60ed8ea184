/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Paths in BPF file systems. Public side: <skep/map/pin.h>. */
#ifndef SKEP_MAP_PIN_PRIVATE_H
#define SKEP_MAP_PIN_PRIVATE_H

#include <skep/kernel.h>

#include "map.h"

#define SKEP_PIN_PATH 4096
#define SKEP_BPF_FS   0xcafe4a11

/* The folder of a path, and the name in it; -EINVAL in words where it has none. */
int skep_pin_split(const char *path, char folder[SKEP_PIN_PATH], const char **name);

/* 0, or in words why nothing can be pinned there. */
int skep_pin_check_folder(const char *path, const char *folder, const char *name);

/* bpf_obj_pin() with words. */
int skep_pin_fd(int fd, const char *path);

#endif

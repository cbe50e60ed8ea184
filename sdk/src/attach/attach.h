/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Attaching by section name. Public side: <skep/attach.h>. */
#ifndef SKEP_ATTACH_ATTACH_H
#define SKEP_ATTACH_ATTACH_H

#include <skep/attach.h>

#include "object/object.h"

/* skep_attach(), but 0, no link and no words where the section does not say where to. */
int skep_attach_if_said(struct skep_link **out, const struct skep_program *program);

/* The same: a refusal is kept with the program, and is 0 where the others can do without it. */
int skep_attach_unless_refused(struct skep_link **out, struct skep_program *program);

/*
 * A program that is given here may have no object (skep_attach_libbpf()): look at program->prog,
 * and not at program->object.
 */

/*
 * A program's attachment was refused: finds the true reason on this machine and fails with it in
 * words. `err` has either sign. `section` NULL: the program's own. `target` (what it was to be
 * attached to: a function, "category/name", an interface, a cgroup's path) NULL: what stands
 * behind the section's slash. Where nothing better is known, it repeats what libbpf said inside
 * the innermost SKEP_CAPTURE(), or strerror().
 */
int skep_attach_refuse(const struct skep_program *program, int err, const char *section,
		       const char *target);

/* -EINVAL in words for NULL, -EBADF unless the program is loaded. */
int skep_attach_need_loaded(const struct skep_program *program);

/*
 * The same (not every program of a loaded object is loaded);
 * -EPROTOTYPE unless it is of `type`: then the hint says to put it into `section`, as it stands
 * in SEC(): `xdp`, `tcx/ingress`.
 */
int skep_attach_need(const struct skep_program *program, int type, const char *section);

#endif

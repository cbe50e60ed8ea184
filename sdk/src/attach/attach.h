/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Attaching by section name. Public side: <skep/attach.h>. */
#ifndef SKEP_ATTACH_ATTACH_H
#define SKEP_ATTACH_ATTACH_H

#include <skep/attach.h>

/* skep_attach(), but 0, no link and no words where the section does not say where to. */
int skep_attach_if_said(struct skep_link **out, const struct skep_program *program);

#endif

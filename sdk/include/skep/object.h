/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_OBJECT_H
#define SKEP_OBJECT_H
/**
 * @file object.h
 * A compiled BPF object and its life: open, set, load, attach, free.
 *
 * @code{.c}
 * SKEP_AUTO(skep_object) *object = NULL;
 *
 * if (skep_object_open(&object, "execsnoop.bpf.o", NULL) ||
 *     skep_object_resize(object, "events", 1 << 16) ||
 *     skep_object_load(object) ||
 *     skep_object_attach(object))
 *         return skep_perror("execsnoop");
 * @endcode
 *
 * The header that `skep gen` writes wraps this with types; use it where you can. Any object
 * for libbpf will do, whoever made it: it is checked wholly before libbpf sees it, so a broken
 * file is an error and never a crash. Each step either succeeds or leaves nothing behind.
 *
 * Costs: opening reads the file twice (check and libbpf), loading costs what the verifier
 * costs; nothing after that.
 */
#include <skep/base.h>

struct bpf_object;
struct bpf_program;

SKEP_BEGIN_DECLS

struct skep_map;
struct skep_link;

/** An object, its programs and its maps. One thread at a time. */
struct skep_object;

/** One program of an object; lives as long as the object. */
struct skep_program;

/** How to open an object. */
struct skep_object_opts {
	size_t sz;              /**< set by SKEP_OPTS() */
	const char *name;       /**< its name in messages and map names; default: from the file */
	const char *kernel_btf; /**< path of BTF to relocate against; default: this kernel's */
};

/**
 * Opens a `.bpf.o` file.
 *
 * @param[out] out  the object
 * @param      path the file
 * @param      opts or NULL
 * @return 0 or a negative errno
 * @err{ENOENT, there is no such file: check the path}
 * @err{EINVAL, not a BPF object or a damaged one, and the message says where: compile it again; or `out` or `path` is NULL}
 * @err{EOPNOTSUPP, an object for the other endianness: compile it for this machine}
 * @err{E2BIG, `opts` has members that this version of skep does not know: update the library}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_object_free()}
 * @threads{one at a time per object}
 * @kernel{any: nothing is asked of the kernel yet}
 */
SKEP_API SKEP_MUST_USE int skep_object_open(struct skep_object **out, const char *path,
					    const struct skep_object_opts *opts);

/**
 * Opens an object that is in memory. The memory is not needed any more afterwards.
 *
 * @param[out] out   the object
 * @param      data  the ELF file's bytes
 * @param      bytes how many
 * @param      opts  or NULL
 * @return 0 or a negative errno, as skep_object_open()
 * @ownership{the caller frees it with skep_object_free()}
 * @threads{one at a time per object}
 */
SKEP_API SKEP_MUST_USE int skep_object_open_mem(struct skep_object **out, const void *data,
						size_t bytes, const struct skep_object_opts *opts);

/**
 * Wraps a libbpf object, opened or loaded, so that the rest of skep works with it.
 *
 * @param[out] out    the wrapper
 * @param      object stays the caller's, and must outlive the wrapper
 * @return 0 or a negative errno
 * @err{EINVAL, `object` is NULL: check what bpf_object__open() returned}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees the wrapper; skep_object_free() leaves `object` as it is}
 * @threads{one at a time per object}
 */
SKEP_API SKEP_MUST_USE int skep_object_adopt(struct skep_object **out, struct bpf_object *object);

/**
 * Detaches what was attached through this object, unloads it and frees it. NULL is fine.
 *
 * @param object the object
 */
SKEP_API void skep_object_free(struct skep_object *object);

/**
 * Loads programs and maps into the kernel. From then on constants are read-only memory.
 *
 * @param object the object
 * @return 0 or a negative errno
 * @err{EACCES, the verifier refused a program: skep_error_last()->log has its words}
 * @err{EPERM, privilege is missing: the hint names the capability}
 * @err{EOPNOTSUPP, this kernel lacks something the object needs: the message names it}
 * @err{EINVAL, a ring's size is not a power of two of at least 4096, a map has no entries or values of no size, or a path to pin at is not in a BPF file system: the message names the map}
 * @err{E2BIG, a map has more entries than any kernel makes: the message names it}
 * @err{EPROTOTYPE, what is pinned under a map's name differs from what the object declares, and the message says in what: skep_object_migrate_map() can change the pinned one}
 * @err{EALREADY, it is loaded}
 * @threads{one at a time per object}
 * @caps{CAP_BPF and, by program type, CAP_PERFMON or CAP_NET_ADMIN; CAP_SYS_ADMIN before 5.8}
 */
SKEP_API SKEP_MUST_USE int skep_object_load(struct skep_object *object);

/**
 * The program that skep_object_load() failed at: the verifier refused it, or its hook is not there.
 *
 * @param object the object
 * @return borrowed from the object; NULL when nothing failed, or not at one program
 */
SKEP_API struct skep_program *skep_object_refused(const struct skep_object *object);

/**
 * What libbpf said while skep_object_load() failed, as it said it.
 *
 * @param object the object
 * @return borrowed from the object; NULL when nothing failed, or libbpf said nothing
 */
SKEP_API const char *skep_object_words(const struct skep_object *object);

/**
 * Changes how many entries a map has, or how many bytes a ring has. Before load only.
 *
 * @param object  the object
 * @param map     the map's name
 * @param entries entries; for a ring bytes: a power of two, at least 4096
 * @return 0 or a negative errno
 * @err{ENOENT, the object has no such map: the hint names those it has}
 * @err{EINVAL, not a size that this kind of map can have}
 * @err{EBUSY, the object is loaded already: resize before skep_object_load()}
 */
SKEP_API SKEP_MUST_USE int skep_object_resize(struct skep_object *object, const char *map,
					      uint32_t entries);

/**
 * The object's name.
 *
 * @param object the object
 * @return borrowed from the object; NULL for NULL, as all that only look at an object or a program
 */
SKEP_API const char *skep_object_name(const struct skep_object *object);

/**
 * libbpf's side of the object, for what skep does not wrap.
 *
 * @param object the object
 * @return borrowed; do not close it
 */
SKEP_API struct bpf_object *skep_object_libbpf(const struct skep_object *object);

/**
 * A program by its name.
 *
 * @param object the object
 * @param name   the C function's name
 * @return borrowed from the object; NULL when it has none of that name
 */
SKEP_API struct skep_program *skep_object_program(const struct skep_object *object,
						  const char *name);

/**
 * The program after `previous`, for going through all of them.
 *
 * @param object   the object
 * @param previous a program, or NULL for the first
 * @return borrowed from the object; NULL after the last
 */
SKEP_API struct skep_program *skep_object_next_program(const struct skep_object *object,
						       const struct skep_program *previous);

/**
 * A map by its name, untyped. For a typed one see skep_map_open().
 *
 * @param object the object
 * @param name   the map's name; `.bss`, `.data` and the like are those of its variables
 * @return borrowed from the object; NULL when it has none of that name
 */
SKEP_API struct skep_map *skep_object_map(const struct skep_object *object, const char *name);

/**
 * The map after `previous`, for going through all of them.
 *
 * @param object   the object
 * @param previous a map, or NULL for the first
 * @return borrowed from the object; NULL after the last
 */
SKEP_API struct skep_map *skep_object_next_map(const struct skep_object *object,
					       const struct skep_map *previous);

/**
 * The memory of a section of variables: before load its initial values, afterwards, where the
 * kernel can (5.5), the live ones. `.rodata` is read-only once loaded.
 *
 * @param      object  the object
 * @param      section `".rodata"`, `".data"`, `".bss"` or a longer name
 * @param[out] bytes   its size; NULL if not wanted
 * @return borrowed from the object; NULL when it has no such section
 */
SKEP_API void *skep_object_section(const struct skep_object *object, const char *section,
				   size_t *bytes);

/**
 * The program's name: the C function.
 *
 * @param program the program
 * @return borrowed from the object
 */
SKEP_API const char *skep_program_name(const struct skep_program *program);

/**
 * The program's section, which says what it attaches to.
 *
 * @param program the program
 * @return borrowed from the object
 */
SKEP_API const char *skep_program_section(const struct skep_program *program);

/**
 * The program's file descriptor.
 *
 * @param program the program
 * @return borrowed; -1 before load
 */
SKEP_API int skep_program_fd(const struct skep_program *program);

/**
 * libbpf's side of the program.
 *
 * @param program the program
 * @return borrowed
 */
SKEP_API struct bpf_program *skep_program_libbpf(const struct skep_program *program);

/**
 * Says whether a program takes part. One that does not is neither loaded nor attached: the way
 * to choose between programs for different kernels. Before load only.
 *
 * @param program the program
 * @param wanted  whether it takes part; default true
 * @return 0 or a negative errno
 * @err{EBUSY, the object is loaded already: choose before skep_object_load()}
 * @err{EINVAL, `program` is NULL: the object has none of the name that was asked for}
 */
SKEP_API SKEP_MUST_USE int skep_program_enable(struct skep_program *program, bool wanted);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_object);

#endif

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_HANDLE_H
#define SKEP_MAP_HANDLE_H
/**
 * @file map/handle.h
 * Typed handles of maps: how they are declared, opened, adopted and freed. Part of map.h.
 *
 * @code{.c}
 * typedef SKEP_MAP(struct flow, struct count) flow_map;
 *
 * flow_map pinned;
 *
 * if (skep_map_open_pinned(&pinned, "/sys/fs/bpf/flows"))
 *         return skep_perror("flows");
 * @endcode
 */
#include <skep/base.h>
#include <skep/typed.h>

struct bpf_map;

SKEP_BEGIN_DECLS

struct skep_object;
struct skep_layout;

/** A map without types: file descriptor, name and sizes. get, put and del: any thread. */
struct skep_map;

/** How a map is used; each has a macro that declares its handles. Members are only ever added. */
enum skep_map_access {
	SKEP_ACCESS_ANY,        /**< no typed handle: nothing is compared */
	SKEP_ACCESS_KEYED,      /**< SKEP_MAP(): hash, array, LRU hash, LPM trie, devmap, cpumap */
	SKEP_ACCESS_PERCPU,     /**< SKEP_PERCPU_MAP(): a value for each CPU */
	SKEP_ACCESS_QUEUE,      /**< SKEP_QUEUE(): queue, stack */
	SKEP_ACCESS_BLOOM,      /**< SKEP_BLOOM(): bloom filter */
	SKEP_ACCESS_NESTED,     /**< SKEP_MAP_OF_MAPS(): array and hash of maps */
	SKEP_ACCESS_SOCKETS,    /**< SKEP_SOCKET_MAP(): sockmap, sockhash, reuseport array */
	SKEP_ACCESS_FDS,        /**< SKEP_FD_MAP(): xskmap, cgroup array, perf event array */
	SKEP_ACCESS_PROGRAMS,   /**< SKEP_PROGRAM_ARRAY(): tail calls */
	SKEP_ACCESS_STORAGE,    /**< SKEP_STORAGE(): of sockets, inodes, tasks, cgroups */
	SKEP_ACCESS_STACKS,     /**< SKEP_STACKS(): stack traces */
	SKEP_ACCESS_RING,       /**< SKEP_RING(): see ring.h */
	SKEP_ACCESS_USER_RING,  /**< SKEP_USER_RING(): a ring that user space writes */
	SKEP_ACCESS_ARENA,      /**< SKEP_ARENA(): memory of programs and user space */
	SKEP_ACCESS_STRUCT_OPS, /**< attached, and no handle */
};

/** What a typed handle knows of its map. Made by SKEP_MAP_SHAPE() and by generated headers. */
struct skep_map_shape {
	size_t sz;                   /**< sizeof(struct skep_map_shape) */
	enum skep_map_access access; /**< which macro declared the handle */
	size_t key_bytes;            /**< sizeof(K); 0: the kernel's */
	size_t value_bytes;          /**< sizeof(V); 0: the kernel's */
	/** K's fields, see layout.h; NULL: not compared. */
	const struct skep_layout *key_layout;
	/** V's fields; NULL: not compared. */
	const struct skep_layout *value_layout;
};

/* What every typed handle is. It costs a pointer: the rest are types. */
#define SKEP_HANDLE_(access, K, V)                                                                 \
	union {                                                                                    \
		struct skep_map *map;                                                              \
		__typeof__(K) *key;                                                                \
		__typeof__(V) *value;                                                              \
		char (*access_)[access];                                                           \
	}

/* The key of handles whose maps have none. */
struct skep_no_key_ {
	char none;
};

/** A map of key type K and value type V: `typedef SKEP_MAP(__u32, struct stats) stats_map;` */
#define SKEP_MAP(K, V) SKEP_HANDLE_(SKEP_ACCESS_KEYED, K, V)

/**
 * Opens a map of an object, after load, as a handle of its own; see skep_map_open().
 *
 * @param[out] out         the map
 * @param      object      a loaded object; the map stays valid without it
 * @param      name        the map's name
 * @param      shape what the caller's types are; NULL: anything
 * @return 0 or a negative errno
 * @err{ENOENT, the object has no such map: the hint names those it has}
 * @err{EPROTOTYPE, the map is of another kind, or a size differs from the kernel's: use the same struct on both sides}
 * @err{EBADF, the object is not loaded yet: call skep_object_load() first}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_map_free()}
 */
SKEP_API SKEP_MUST_USE int skep_map_open_raw(struct skep_map **out,
					     const struct skep_object *object, const char *name,
					     const struct skep_map_shape *shape);

/**
 * Wraps a file descriptor of a map; see skep_map_adopt_fd().
 *
 * @param[out] out         the map
 * @param      fd          stays the caller's: it is duplicated
 * @param      shape what the caller's types are; NULL: anything
 * @return 0 or a negative errno
 * @err{EBADF, not an open file descriptor}
 * @err{EINVAL, not a map}
 * @err{EPROTOTYPE, the map is of another kind, or a size differs from the kernel's: use the same struct on both sides}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_map_free()}
 * @kernel{4.13}
 */
SKEP_API SKEP_MUST_USE int skep_map_adopt_fd_raw(struct skep_map **out, int fd,
						 const struct skep_map_shape *shape);

/**
 * Opens a pinned map; see skep_map_open_pinned().
 *
 * @param[out] out         the map
 * @param      path        a path in a BPF file system
 * @param      shape what the caller's types are; NULL: anything
 * @return 0 or a negative errno
 * @err{ENOENT, nothing is pinned there: check the path, and that bpffs is mounted}
 * @err{EPERM, no privilege: run as root or with CAP_BPF}
 * @err{EINVAL, what is pinned there is not a map}
 * @err{EPROTOTYPE, the map is of another kind, or a size differs from the kernel's: use the same struct on both sides}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_map_free()}
 * @kernel{4.4}
 */
SKEP_API SKEP_MUST_USE int skep_map_open_pinned_raw(struct skep_map **out, const char *path,
						    const struct skep_map_shape *shape);

/**
 * Opens a map by the kernel's number of it; see skep_map_open_id().
 *
 * @param[out] out   the map
 * @param      id    as `bpftool map` lists it, and skep_map_info() tells
 * @param      shape what the caller's types are; NULL: anything
 * @return 0 or a negative errno
 * @err{ENOENT, there is no such map any more: look at `bpftool map`}
 * @err{EPERM, no privilege: run as root or with CAP_SYS_ADMIN}
 * @err{EPROTOTYPE, the map is of another kind, or a size differs from the kernel's: use the same struct on both sides}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_map_free()}
 * @kernel{4.13}
 * @caps{CAP_SYS_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_map_open_id_raw(struct skep_map **out, uint32_t id,
						const struct skep_map_shape *shape);

/**
 * Wraps a map of libbpf's, after load; see skep_map_adopt().
 *
 * @param[out] out    the map; it stays valid without libbpf's object
 * @param      source stays the caller's
 * @param      shape  what the caller's types are; NULL: anything
 * @return 0 or a negative errno
 * @err{EINVAL, `source` is NULL: check what bpf_object__find_map_by_name() returned}
 * @err{EBADF, its object is not loaded: call bpf_object__load() first}
 * @err{EPROTOTYPE, the map is of another kind, or a size differs from the kernel's: use the same struct on both sides}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_map_free()}
 */
SKEP_API SKEP_MUST_USE int skep_map_adopt_raw(struct skep_map **out, struct bpf_map *source,
					      const struct skep_map_shape *shape);

/** What is known of a map. Members are only ever added, at the end. */
struct skep_map_info {
	size_t sz;             /**< set it to sizeof(struct skep_map_info) before the call */
	const char *name;      /**< whole, where skep made or loaded it; borrowed from the map */
	const char *kind;      /**< as people say it: `LRU hash`; static */
	const char *handle;    /**< what declares a handle for it: `SKEP_QUEUE(V)`; static */
	uint32_t type;         /**< the kernel's BPF_MAP_TYPE_... */
	uint32_t flags;        /**< the kernel's BPF_F_... of its creation */
	uint32_t entries;      /**< how many there can be; of a ring its bytes */
	uint32_t key_bytes;    /**< 0: it has no keys */
	uint32_t value_bytes;  /**< for one CPU, where it has values for each */
	uint32_t id;           /**< the kernel's number; 0 before load */
	uint32_t btf_id;       /**< the kernel's BTF of its types; 0: none */
	bool has_types;        /**< fields can be compared; else only sizes are */
	bool is_frozen;        /**< it can no more be written from user space */
	uint64_t memory_bytes; /**< what the kernel says it takes; 0: it does not say */
	char kernel_name[16];  /**< what the kernel keeps of its name: 15 bytes */
};

/**
 * Tells what a map is. It asks the kernel by a file in /proc: not for a hot path.
 *
 * @param         map  any map, also one of an object that is not loaded
 * @param[in,out] info `sz` is read, and as much as it says is written
 * @return 0 or a negative errno
 * @err{EINVAL, `info` is NULL, or its `sz` was not set: see above}
 * @err{EBADF, the handle was not opened: look at what its opening returned}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_map_info(const struct skep_map *map, struct skep_map_info *info);

/**
 * Frees a map that was opened; the kernel's map lives on while somebody has it. NULL is fine.
 * `skep_map_free(flows.map)`, or SKEP_AUTO_MAP(). A handle that was copied is one map: free it
 * once; what the copy has is then gone, as with any pointer.
 *
 * @param map not one borrowed from an object
 */
SKEP_API void skep_map_free(struct skep_map *map);

/**
 * The map's file descriptor.
 *
 * @param map the map
 * @return borrowed; -1 before its object is loaded, and for NULL
 */
SKEP_API int skep_map_fd(const struct skep_map *map);

/**
 * The map's name.
 *
 * @param map the map
 * @return borrowed from the map; `(none)` for NULL
 */
SKEP_API const char *skep_map_name(const struct skep_map *map);

/**
 * libbpf's side of the map.
 *
 * @param map the map
 * @return borrowed from the map's object, for a map that an object lends; NULL for every handle
 *         that was opened or adopted, as that may be there longer than the object
 */
SKEP_API struct bpf_map *skep_map_libbpf(const struct skep_map *map);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_map);

/* For SKEP_AUTO_MAP(): a typed handle begins with its map. */
__attribute__((unused)) static inline void skep_map_handle_freep_(void *handle)
{
	skep_map_free(*(struct skep_map **)handle);
}

/**
 * A typed handle that is freed when its scope ends: `SKEP_AUTO_MAP(flow_map) flows = { NULL };`.
 * Always give it a value. A copy of a handle is no map of its own: one of the two frees it.
 */
#define SKEP_AUTO_MAP(handle) __attribute__((cleanup(skep_map_handle_freep_))) handle

#define SKEP_KEY_(m, k)   SKEP_CHECK_((m).key, k, "skep: this is not the map's key type")
#define SKEP_VALUE_(m, v) SKEP_CHECK_((m).value, v, "skep: this is not the map's value type")

/* The map of a handle, or a compile error that says `sentence`. `is` is made of SKEP_IS_(). */
#define SKEP_IS_(m, access) (sizeof(*(m).access_) == (access))
#define SKEP_NEED_HANDLE_(m)                                                                       \
	SKEP_REQUIRE_(!SKEP_IS_POINTER_(m),                                                        \
		      "skep: pass the handle itself here, not its address and not its .map")
#define SKEP_MAP_WHERE_(m, is, sentence)                                                           \
	(SKEP_NEED_HANDLE_(m), SKEP_REQUIRE_(is, sentence), (m).map)

/* Nothing, or a compile error that says `sentence` where the handle is of that access. */
#define SKEP_MAP_NOT_(m, access, sentence) SKEP_REQUIRE_(!SKEP_IS_(m, access), sentence)

/* A name that a loop around this one does not have. */
#define SKEP_GLUE_(a, b)  a##b
#define SKEP_GLUED_(a, b) SKEP_GLUE_(a, b)
#define SKEP_HERE_(name)  SKEP_GLUED_(name, __LINE__)

#ifdef __cplusplus
/* C++ has no compound literals: a temporary, which lives as long as the call that it is for. */
struct skep_map_shape_ : skep_map_shape {
	skep_map_shape_(size_t access_, size_t key_bytes_, size_t value_bytes_) : skep_map_shape()
	{
		sz = sizeof(skep_map_shape);
		access = static_cast<skep_map_access>(access_);
		key_bytes = key_bytes_;
		value_bytes = value_bytes_;
	}
	operator const skep_map_shape *() const
	{
		return this;
	}
};
#define SKEP_MAP_SHAPE(handle)                                                                     \
	static_cast<const skep_map_shape *>(skep_map_shape_(                                       \
		sizeof(*(handle)->access_), sizeof(*(handle)->key), sizeof(*(handle)->value)))
#else
/** The shape of a typed handle: `SKEP_MAP_SHAPE(&flows)`. */
#define SKEP_MAP_SHAPE(handle)                                                                     \
	SKEP_OPTS(skep_map_shape, .access = (enum skep_map_access)sizeof(*(handle)->access_),      \
		  .key_bytes = sizeof(*(handle)->key), .value_bytes = sizeof(*(handle)->value))
#endif

/** skep_map_open_raw() for a typed handle: `skep_map_open(&flows, object, "flows")`. */
#define skep_map_open(handle, object, name)                                                        \
	skep_map_open_raw(&(handle)->map, (object), (name), SKEP_MAP_SHAPE(handle))

/** skep_map_adopt_fd_raw() for a typed handle: `skep_map_adopt_fd(&flows, fd)`. */
#define skep_map_adopt_fd(handle, fd)                                                              \
	skep_map_adopt_fd_raw(&(handle)->map, (fd), SKEP_MAP_SHAPE(handle))

/** skep_map_open_id_raw() for a typed handle: `skep_map_open_id(&flows, 17)`. */
#define skep_map_open_id(handle, id)                                                               \
	skep_map_open_id_raw(&(handle)->map, (id), SKEP_MAP_SHAPE(handle))

/** skep_map_adopt_raw() for a typed handle: `skep_map_adopt(&flows, libbpfs_map)`. */
#define skep_map_adopt(handle, source)                                                             \
	skep_map_adopt_raw(&(handle)->map, (source), SKEP_MAP_SHAPE(handle))

/** skep_map_open_pinned_raw() for a typed handle. */
#define skep_map_open_pinned(handle, path)                                                         \
	skep_map_open_pinned_raw(&(handle)->map, (path), SKEP_MAP_SHAPE(handle))

#endif

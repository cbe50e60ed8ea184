/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_LAYOUT_H
#define SKEP_MAP_LAYOUT_H
/**
 * @file map/layout.h
 * Where the fields of a struct are, compared with what a map's own BTF says of it: for maps that
 * somebody else made, or an older version of your program. Part of map.h.
 *
 * @code{.c}
 * typedef SKEP_MAP(struct flow, struct count) flow_map;
 *
 * SKEP_LAYOUT(flow_layout, struct flow, port, pad);
 * SKEP_LAYOUT(count_layout, struct count, packets, bytes);
 *
 * flow_map flows;
 *
 * if (skep_map_open_pinned_checked(&flows, "/sys/fs/bpf/flows", &flow_layout, &count_layout))
 *         return skep_perror("flows");
 * @endcode
 *
 * The first field that differs is named: `map 'flows': value field 'bytes' is at offset 8 with 4
 * bytes, unsigned, in the map; at 16 with 8 bytes here`. A field that either side lacks is named
 * too. Headers that `skep gen` writes do this for each map, by `X_open_pinned_M()` and
 * `X_adopt_M()`. It costs one reading of the map's BTF when the map is opened: 0.1 ms and more.
 *
 * Taken as equal: plain `char` and a signed or unsigned byte; an enum and an integer of its size;
 * a pointer of a program and an unsigned integer of 8 bytes. A hash, array or LPM trie that was
 * made without BTF has nothing to compare and is refused: `has_types` of skep_map_info() tells,
 * and the calls without `_checked` compare sizes alone. Of other kinds the kernel keeps no types.
 */
#include <skep/map/handle.h>

struct btf;

SKEP_BEGIN_DECLS

/** What a field is. Members are only ever added. */
enum skep_field_kind {
	SKEP_FIELD_ANY,      /**< not known: only its place is compared */
	SKEP_FIELD_CHAR,     /**< plain char: text, more often than not */
	SKEP_FIELD_SIGNED,   /**< an integer with a sign */
	SKEP_FIELD_UNSIGNED, /**< an integer without */
	SKEP_FIELD_BOOL,     /**< a bool */
	SKEP_FIELD_FLOAT,    /**< float, double */
	SKEP_FIELD_POINTER,  /**< a pointer */
	SKEP_FIELD_STRUCT,   /**< a struct, as a whole */
	SKEP_FIELD_UNION,    /**< a union, as a whole */
	SKEP_FIELD_ENUM,     /**< an enum; C tells its integer instead */
};

/** One field. Members are only ever added, at the end. */
struct skep_field {
	const char
		*name; /**< as in C: `inner.port`; in an array of structs `parts[0].a`; "": all */
	enum skep_field_kind kind; /**< of one element, where it is an array */
	uint32_t offset;           /**< in bytes, from the beginning of the whole */
	uint32_t bytes;            /**< of the whole field, with all elements of an array */
	uint32_t counts[3];        /**< elements of an array, outermost first; 0: no array */
	uint16_t bit;              /**< of a bit-field: its first bit, from `offset` */
	uint16_t bits;             /**< of a bit-field: how many; 0: it is none */
};

/** The fields of a type. Made by SKEP_LAYOUT(), by `skep gen`, and by skep_layout_read(). */
struct skep_layout {
	size_t sz;                       /**< sizeof(struct skep_layout) */
	const char *type;                /**< its name: `struct flow` */
	size_t bytes;                    /**< its size */
	size_t field_bytes;              /**< sizeof(struct skep_field) */
	const struct skep_field *fields; /**< those that are compared */
	size_t count;                    /**< how many */
	bool by_hand;                    /**< made by SKEP_LAYOUT(): bit-fields cannot be named */
};

/**
 * Reads a type's fields from BTF: all of them, also those inside of others.
 *
 * @param[out] out  the layout
 * @param      btf  libbpf's
 * @param      type the type's number there
 * @return 0 or a negative errno
 * @err{EINVAL, `btf` has no such type, or one without a size: check the number}
 * @err{E2BIG, more than 4,096 fields: compare a part of it}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_layout_free()}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_layout_read(struct skep_layout **out, const struct btf *btf,
					    uint32_t type);

/**
 * Frees what skep_layout_read() made. NULL is fine.
 *
 * @param layout not one that SKEP_LAYOUT() declared
 */
SKEP_API void skep_layout_free(struct skep_layout *layout);

/**
 * Compares a caller's types with those of an open map; see skep_map_check().
 *
 * @param map   an open map
 * @param shape the caller's types
 * @return 0 or a negative errno
 * @err{EPROTOTYPE, kind, size or a field differs, and the message names it: use one shared header; or there are no types to compare: see above}
 * @err{EBADF, the handle was not opened: look at what its opening returned}
 * @err{EPERM, the map's BTF may not be read: run as root or with CAP_SYS_ADMIN}
 * @err{EINVAL, a layout is of another size than the type of its handle: check which is given}
 * @err{ENOMEM, no memory}
 * @threads{any}
 * @caps{CAP_SYS_ADMIN, for layouts of maps that are not of this process's object}
 */
SKEP_API SKEP_MUST_USE int skep_map_check_raw(const struct skep_map *map,
					      const struct skep_map_shape *shape);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_layout);

/* The shape of a handle with the layouts of its key and value; either may be NULL. */
#define SKEP_MAP_CHECKED_(handle, key_layout_, value_layout_)                                      \
	SKEP_OPTS(skep_map_shape, .access = (enum skep_map_access)sizeof(*(handle)->access_),      \
		  .key_bytes = sizeof(*(handle)->key), .value_bytes = sizeof(*(handle)->value),    \
		  .key_layout = (key_layout_), .value_layout = (value_layout_))

/** skep_map_open() that compares fields too: `(&flows, object, "flows", &flow, &count)`. */
#define skep_map_open_checked(handle, object, name, key_layout, value_layout)                      \
	skep_map_open_raw(&(handle)->map, (object), (name),                                        \
			  SKEP_MAP_CHECKED_(handle, key_layout, value_layout))

/** skep_map_open_pinned() that compares fields too. */
#define skep_map_open_pinned_checked(handle, path, key_layout, value_layout)                       \
	skep_map_open_pinned_raw(&(handle)->map, (path),                                           \
				 SKEP_MAP_CHECKED_(handle, key_layout, value_layout))

/** skep_map_open_id() that compares fields too. */
#define skep_map_open_id_checked(handle, id, key_layout, value_layout)                             \
	skep_map_open_id_raw(&(handle)->map, (id),                                                 \
			     SKEP_MAP_CHECKED_(handle, key_layout, value_layout))

/** skep_map_adopt_fd() that compares fields too. */
#define skep_map_adopt_fd_checked(handle, fd, key_layout, value_layout)                            \
	skep_map_adopt_fd_raw(&(handle)->map, (fd),                                                \
			      SKEP_MAP_CHECKED_(handle, key_layout, value_layout))

/** skep_map_adopt() that compares fields too. */
#define skep_map_adopt_checked(handle, source, key_layout, value_layout)                           \
	skep_map_adopt_raw(&(handle)->map, (source),                                               \
			   SKEP_MAP_CHECKED_(handle, key_layout, value_layout))

/** Compares fields of a handle that is open: `skep_map_check(flows, &flow, &count)`. */
#define skep_map_check(handle, key_layout, value_layout)                                           \
	skep_map_check_raw((handle).map, SKEP_MAP_CHECKED_(&(handle), key_layout, value_layout))

/**
 * Declares a constant `struct skep_layout name` of the fields of a type, up to 64:
 * `SKEP_LAYOUT(flow_layout, struct flow, from.port, to, pad);`. An array is one field; a struct in
 * it too, and then only its place is compared, or its own fields are named, with dots. Bit-fields
 * cannot be named. C only.
 */
#define SKEP_LAYOUT(name, T, ...)                                                                  \
	SKEP_FIELDS_(SKEP_FIELD_TYPES_, name, T, __VA_ARGS__)                                      \
	__attribute__((unused)) static const struct skep_field name##_fields_[] = { SKEP_FIELDS_(  \
		SKEP_FIELD_, name, T, __VA_ARGS__) };                                              \
	SKEP_LAYOUT_DEFINE_(name, T)

/**
 * The same of a type without fields: `SKEP_LAYOUT_PLAIN(id_layout, __u32);`. C only.
 */
#define SKEP_LAYOUT_PLAIN(name, T)                                                                 \
	SKEP_FIELD_CHAIN_(name, 0, __typeof__(T))                                                  \
	__attribute__((unused)) static const struct skep_field name##_fields_[] = { SKEP_ENTRY_(   \
		name, 0, "", 0) };                                                                 \
	SKEP_LAYOUT_DEFINE_(name, T)

#define SKEP_LAYOUT_DEFINE_(name, T)                                                               \
	__attribute__((unused)) static const struct skep_layout name = {                           \
		.sz = sizeof(struct skep_layout),                                                  \
		.type = #T,                                                                        \
		.bytes = sizeof(T),                                                                \
		.field_bytes = sizeof(struct skep_field),                                          \
		.fields = name##_fields_,                                                          \
		.count = sizeof(name##_fields_) / sizeof(struct skep_field),                       \
		.by_hand = true,                                                                   \
	}

/* Types by number: the field's, that of its elements, and so on; what is no array stays. */
#define SKEP_FIELD_TYPES_(n, name, T, field) SKEP_FIELD_CHAIN_(name, n, __typeof__(((T *)0)->field))
#define SKEP_FIELD_CHAIN_(name, n, F)                                                              \
	typedef F name##_0_##n##_ __attribute__((unused));                                         \
	typedef SKEP_ELEMENT_(name##_0_##n##_) name##_1_##n##_ __attribute__((unused));            \
	typedef SKEP_ELEMENT_(name##_1_##n##_) name##_2_##n##_ __attribute__((unused));            \
	typedef SKEP_ELEMENT_(name##_2_##n##_) name##_3_##n##_ __attribute__((unused));

#define SKEP_FIELD_(n, name, T, field) SKEP_ENTRY_(name, n, #field, offsetof(T, field))
#define SKEP_ENTRY_(name, n, text, at)                                                             \
	{ (text),                                                                                  \
	  (enum skep_field_kind)SKEP_KIND_(*(name##_3_##n##_ *)0),                                 \
	  (uint32_t)(at),                                                                          \
	  (uint32_t)sizeof(name##_0_##n##_),                                                       \
	  { SKEP_LENGTH_(name##_0_##n##_, name##_1_##n##_),                                        \
	    SKEP_LENGTH_(name##_1_##n##_, name##_2_##n##_),                                        \
	    SKEP_LENGTH_(name##_2_##n##_, name##_3_##n##_) },                                      \
	  0,                                                                                       \
	  0 },

/* An array becomes a pointer behind a comma; a pointer stays one. */
#define SKEP_CLASS_POINTER_ 5
#define SKEP_CLASS_RECORD_  12
#define SKEP_CLASS_UNION_   13
#define SKEP_POINTED_(x)                                                                           \
	__builtin_choose_expr(__builtin_classify_type(x) == SKEP_CLASS_POINTER_, (x), (int *)0)
#define SKEP_IS_ARRAY_(x)                                                                          \
	(!__builtin_types_compatible_p(__typeof__(SKEP_POINTED_(x)),                               \
				       __typeof__(((void)0, SKEP_POINTED_(x)))))
#define SKEP_ELEMENT_(T)                                                                           \
	__typeof__(*__builtin_choose_expr(SKEP_IS_ARRAY_(*(T *)0), *(T *)0, (T *)0))
#define SKEP_LENGTH_(T, element)                                                                   \
	(SKEP_IS_ARRAY_(*(T *)0) ? (uint32_t)(sizeof(T) / sizeof(element)) : 0U)

/* clang-format off */
#define SKEP_KIND_(x)                                                                              \
	_Generic((x),                                                                              \
		_Bool: SKEP_FIELD_BOOL,                                                            \
		float: SKEP_FIELD_FLOAT,                                                           \
		double: SKEP_FIELD_FLOAT,                                                          \
		long double: SKEP_FIELD_FLOAT,                                                     \
		default: SKEP_INTEGER_(x) ? SKEP_INTEGER_(x) :                                     \
			 SKEP_IS_ARRAY_(x) ? 0 :                                                   \
			 __builtin_classify_type(x) == SKEP_CLASS_POINTER_ ? (int)SKEP_FIELD_POINTER : \
			 __builtin_classify_type(x) == SKEP_CLASS_RECORD_ ? (int)SKEP_FIELD_STRUCT : \
			 __builtin_classify_type(x) == SKEP_CLASS_UNION_ ? (int)SKEP_FIELD_UNION : 0)

/* do(number, a, b, x) for each x. */
#define SKEP_FIELDS_(do, a, b, ...)                                                                  \
	SKEP_FIELDS_JOIN_(SKEP_FIELDS_, SKEP_FIELDS_COUNT_(__VA_ARGS__))(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_JOIN_(x, y) SKEP_FIELDS_JOINED_(x, y)
#define SKEP_FIELDS_JOINED_(x, y) x##y##_
#define SKEP_FIELDS_COUNT_(...) SKEP_FIELDS_COUNTED_(__VA_ARGS__, \
	64, 63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, \
	48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, \
	32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, \
	16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, \
	0)
#define SKEP_FIELDS_COUNTED_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, \
	a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, \
	a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, \
	a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, \
	a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, \
	a61, a62, a63, a64, \
	n, ...) n
#define SKEP_FIELDS_1_(do, a, b, x) do (1, a, b, x)
#define SKEP_FIELDS_2_(do, a, b, x, ...) do (2, a, b, x) SKEP_FIELDS_1_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_3_(do, a, b, x, ...) do (3, a, b, x) SKEP_FIELDS_2_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_4_(do, a, b, x, ...) do (4, a, b, x) SKEP_FIELDS_3_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_5_(do, a, b, x, ...) do (5, a, b, x) SKEP_FIELDS_4_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_6_(do, a, b, x, ...) do (6, a, b, x) SKEP_FIELDS_5_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_7_(do, a, b, x, ...) do (7, a, b, x) SKEP_FIELDS_6_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_8_(do, a, b, x, ...) do (8, a, b, x) SKEP_FIELDS_7_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_9_(do, a, b, x, ...) do (9, a, b, x) SKEP_FIELDS_8_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_10_(do, a, b, x, ...) do (10, a, b, x) SKEP_FIELDS_9_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_11_(do, a, b, x, ...) do (11, a, b, x) SKEP_FIELDS_10_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_12_(do, a, b, x, ...) do (12, a, b, x) SKEP_FIELDS_11_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_13_(do, a, b, x, ...) do (13, a, b, x) SKEP_FIELDS_12_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_14_(do, a, b, x, ...) do (14, a, b, x) SKEP_FIELDS_13_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_15_(do, a, b, x, ...) do (15, a, b, x) SKEP_FIELDS_14_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_16_(do, a, b, x, ...) do (16, a, b, x) SKEP_FIELDS_15_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_17_(do, a, b, x, ...) do (17, a, b, x) SKEP_FIELDS_16_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_18_(do, a, b, x, ...) do (18, a, b, x) SKEP_FIELDS_17_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_19_(do, a, b, x, ...) do (19, a, b, x) SKEP_FIELDS_18_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_20_(do, a, b, x, ...) do (20, a, b, x) SKEP_FIELDS_19_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_21_(do, a, b, x, ...) do (21, a, b, x) SKEP_FIELDS_20_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_22_(do, a, b, x, ...) do (22, a, b, x) SKEP_FIELDS_21_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_23_(do, a, b, x, ...) do (23, a, b, x) SKEP_FIELDS_22_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_24_(do, a, b, x, ...) do (24, a, b, x) SKEP_FIELDS_23_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_25_(do, a, b, x, ...) do (25, a, b, x) SKEP_FIELDS_24_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_26_(do, a, b, x, ...) do (26, a, b, x) SKEP_FIELDS_25_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_27_(do, a, b, x, ...) do (27, a, b, x) SKEP_FIELDS_26_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_28_(do, a, b, x, ...) do (28, a, b, x) SKEP_FIELDS_27_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_29_(do, a, b, x, ...) do (29, a, b, x) SKEP_FIELDS_28_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_30_(do, a, b, x, ...) do (30, a, b, x) SKEP_FIELDS_29_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_31_(do, a, b, x, ...) do (31, a, b, x) SKEP_FIELDS_30_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_32_(do, a, b, x, ...) do (32, a, b, x) SKEP_FIELDS_31_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_33_(do, a, b, x, ...) do (33, a, b, x) SKEP_FIELDS_32_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_34_(do, a, b, x, ...) do (34, a, b, x) SKEP_FIELDS_33_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_35_(do, a, b, x, ...) do (35, a, b, x) SKEP_FIELDS_34_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_36_(do, a, b, x, ...) do (36, a, b, x) SKEP_FIELDS_35_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_37_(do, a, b, x, ...) do (37, a, b, x) SKEP_FIELDS_36_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_38_(do, a, b, x, ...) do (38, a, b, x) SKEP_FIELDS_37_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_39_(do, a, b, x, ...) do (39, a, b, x) SKEP_FIELDS_38_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_40_(do, a, b, x, ...) do (40, a, b, x) SKEP_FIELDS_39_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_41_(do, a, b, x, ...) do (41, a, b, x) SKEP_FIELDS_40_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_42_(do, a, b, x, ...) do (42, a, b, x) SKEP_FIELDS_41_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_43_(do, a, b, x, ...) do (43, a, b, x) SKEP_FIELDS_42_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_44_(do, a, b, x, ...) do (44, a, b, x) SKEP_FIELDS_43_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_45_(do, a, b, x, ...) do (45, a, b, x) SKEP_FIELDS_44_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_46_(do, a, b, x, ...) do (46, a, b, x) SKEP_FIELDS_45_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_47_(do, a, b, x, ...) do (47, a, b, x) SKEP_FIELDS_46_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_48_(do, a, b, x, ...) do (48, a, b, x) SKEP_FIELDS_47_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_49_(do, a, b, x, ...) do (49, a, b, x) SKEP_FIELDS_48_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_50_(do, a, b, x, ...) do (50, a, b, x) SKEP_FIELDS_49_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_51_(do, a, b, x, ...) do (51, a, b, x) SKEP_FIELDS_50_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_52_(do, a, b, x, ...) do (52, a, b, x) SKEP_FIELDS_51_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_53_(do, a, b, x, ...) do (53, a, b, x) SKEP_FIELDS_52_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_54_(do, a, b, x, ...) do (54, a, b, x) SKEP_FIELDS_53_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_55_(do, a, b, x, ...) do (55, a, b, x) SKEP_FIELDS_54_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_56_(do, a, b, x, ...) do (56, a, b, x) SKEP_FIELDS_55_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_57_(do, a, b, x, ...) do (57, a, b, x) SKEP_FIELDS_56_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_58_(do, a, b, x, ...) do (58, a, b, x) SKEP_FIELDS_57_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_59_(do, a, b, x, ...) do (59, a, b, x) SKEP_FIELDS_58_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_60_(do, a, b, x, ...) do (60, a, b, x) SKEP_FIELDS_59_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_61_(do, a, b, x, ...) do (61, a, b, x) SKEP_FIELDS_60_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_62_(do, a, b, x, ...) do (62, a, b, x) SKEP_FIELDS_61_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_63_(do, a, b, x, ...) do (63, a, b, x) SKEP_FIELDS_62_(do, a, b, __VA_ARGS__)
#define SKEP_FIELDS_64_(do, a, b, x, ...) do (64, a, b, x) SKEP_FIELDS_63_(do, a, b, __VA_ARGS__)
/* clang-format on */

#endif

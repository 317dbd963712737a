/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * Looking up texts in a Go map[string][]string: http.Header, metadata.MD. Keys are compared without regard to case.
 *
 * The layouts have been the same in every release that has them (checked with the type data of Go 1.17 to 1.27):
 *	buckets      runtime/map.go, hmap and bmap (up to Go 1.23)
 *	swiss tables internal/runtime/maps/{map,table,group}.go (from Go 1.24), slots with key and element side by side
 */
#pragma once
#include "go.h"
#include "scratch.h"

enum { GO_KEY_MAX = 40, GO_KEY_LIMIT = 64, GO_KEYS_MAX = 4 };

/* A wanted key, any case. Bit 5 of each byte is not compared, which is exact for names made of letters, digits and hyphens. */
struct go_key {
	u64 length; /* 0: not in use */
	union {
		char text[GO_KEY_MAX]; /* padded with zeros */
		u64 words[GO_KEY_MAX / sizeof(u64)];
	};
};

struct go_keys {
	u64 lengths; /* bit n is set: some key has n bytes. Most entries of a map are ruled out by this */
	struct go_key keys[GO_KEYS_MAX];
};

/* The head of a slice. */
struct go_slice {
	u64 data;
	u64 length;
};

enum {
	GO_MAP_SLOTS = 8, /* of a bucket or group */
	GO_MAP_GROUPS = 8, /* looked at: 56 entries and more; what is beyond is counted as truncated */
	GO_MAP_BUCKETS = 24, /* the same of buckets, which are about half full, with those of overflow */

	/* runtime/map.go, type hmap */
	HMAP_B = 9,
	HMAP_BUCKETS = 16,
	HMAP_OLD_BUCKETS = 24,
	HMAP_SAME_SIZE_GROW = 8, /* of flags, the byte before B */
	/* type bmap: one tophash byte for each slot, keys, elements, overflow */
	BMAP_KEYS = 8,
	BMAP_ELEMENTS = BMAP_KEYS + GO_MAP_SLOTS * 16,
	BMAP_OVERFLOW = BMAP_ELEMENTS + GO_MAP_SLOTS * 24,
	BMAP_SIZE = BMAP_OVERFLOW + 8,
	BMAP_MIN_TOP_HASH = 5, /* below: an empty slot, or one that was moved */

	/* internal/runtime/maps/map.go, type Map; table.go, type table */
	SWISS_DIRECTORY = 16,
	TABLE_GROUPS = 16,
	/* group.go: one control byte for each slot, slots; the top bit of a control byte is 0 for a slot in use */
	GROUP_SLOT_SIZE = 40,
	GROUP_HALF_SLOTS = 4,
	GROUP_SIZE = 8 + GO_MAP_SLOTS * GROUP_SLOT_SIZE,
};

/* Half a group of a swiss table. */
struct go_map_half_group {
	u64 control;
	struct go_map_slot {
		struct go_string key;
		struct go_slice value;
		u64 capacity;
	} slots[GROUP_HALF_SLOTS];
};

/* A bucket up to its elements. */
struct go_map_bucket_head {
	u8 top_hash[GO_MAP_SLOTS];
	struct go_string keys[GO_MAP_SLOTS];
};

/* A search, and what it found. From scratch_take. */
struct go_map_search {
	u64 array; /* buckets or groups still to look at */
	u64 old;   /* buckets of before the growth */
	u64 overflow;
	u32 left; /* of array */
	u32 old_left;
	u32 missing; /* wanted keys not found yet */
	u32 unused;
	struct go_string found[GO_KEYS_MAX]; /* first text of the value under each wanted key; data 0: not there */
	/* What is being looked at. */
	struct go_key key;
	union {
		u64 words[4]; /* the first of hmap, of Map */
		struct go_map_half_group half;
		struct go_map_bucket_head head;
	};
};

/* What a step of the search is given: on the stack, where alone the kernel wants it. */
struct go_map_walk {
	const struct go_keys *wanted;
	struct go_map_search *search;
};

/* Whether two keys are the same text, whatever the case of their letters. Cost: nothing. */
static __always_inline bool go_key_equal(const struct go_key *a, const struct go_key *b)
{
	const u64 letter_case = 0x2020202020202020;
	u64 differ = a->length ^ b->length;
	for (u32 i = 0; i < GO_KEY_MAX / sizeof(u64); i++)
		differ |= (a->words[i] ^ b->words[i]) & ~letter_case;
	return differ == 0;
}

/* Whether an entry's key may be wanted. Cost: nothing. */
static __always_inline bool go_map_may_want(const struct go_map_walk *walk, u64 length)
{
	return length < 64 && walk->wanted->lengths >> length & 1;
}

/* Takes the entry if its key is wanted. Cost: a user read, a second one when it is. */
static __always_inline void go_map_take(const struct go_map_walk *walk, struct go_string text, struct go_slice value)
{
	struct go_map_search *search = walk->search;
	struct go_key *key = &search->key;

	u64 length = text.length;

	__builtin_memset(key, 0, sizeof(*key));
	if (length == 0 || length > GO_KEY_MAX)
		return;
	key->length = length;
	/* The compiler may check a copy, or length - 1, of which old verifiers conclude nothing for length itself. */
	barrier_var(length);
	if (bpf_probe_read_user(key->text, length & (GO_KEY_LIMIT - 1), (void *)text.data)) {
		key->length = 0;
		return;
	}
	for (int i = 0; i < GO_KEYS_MAX; i++) {
		if (!go_key_equal(key, &walk->wanted->keys[i]))
			continue;
		if (value.length)
			bpf_probe_read_user(&search->found[i], sizeof(search->found[i]), (void *)value.data);
		search->missing--;
		return;
	}
}

/*
 * Reads slots one by one, after a read of all of them failed: those that are not in use may lie in a page that the program never touched. What
 * stays unreadable looks empty. Cost: a user read each.
 */
static __noinline int go_map_slots(struct go_map_half_group *half, u64 address)
{
	__builtin_memset(half->slots, 0, sizeof(half->slots));
	for (int i = 0; i < GROUP_HALF_SLOTS; i++)
		bpf_probe_read_user(&half->slots[i], sizeof(half->slots[i]), (void *)(address + i * sizeof(half->slots[i])));
	return 0;
}

/* One group of a swiss table. Cost: a user read for up to four entries, two for more. */
static long go_map_group(u32 index, void *context)
{
	const struct go_map_walk *walk = context;
	struct go_map_search *search = walk->search;
	struct go_map_half_group *half = &search->half;
	u64 group = search->array + (u64)index * GROUP_SIZE;

	if (index >= search->left)
		return 1;
	if (bpf_probe_read_user(half, sizeof(*half), (void *)group)) {
		if (bpf_probe_read_user(&half->control, sizeof(half->control), (void *)group)) {
			count(COUNT_TRUNCATED);
			return 1;
		}
		go_map_slots(half, group + sizeof(half->control));
	}
	for (int first = 0; first < GO_MAP_SLOTS; first += GROUP_HALF_SLOTS) {
		if (first) {
			if ((half->control >> 32 & 0x80808080) == 0x80808080)
				break;
			if (bpf_probe_read_user(half->slots, sizeof(half->slots), (void *)(group + sizeof(*half))))
				go_map_slots(half, group + sizeof(*half));
		}
		for (int i = 0; i < GROUP_HALF_SLOTS; i++)
			if (!(half->control >> (8 * (first + i)) & 0x80) && go_map_may_want(walk, half->slots[i].key.length))
				go_map_take(walk, half->slots[i].key, half->slots[i].value);
	}
	return search->missing == 0 || index + 1 >= search->left;
}

/* One bucket, of the array or of a chain of overflow. Cost: two user reads. */
static long go_map_bucket(u32 index, void *context)
{
	const struct go_map_walk *walk = context;
	struct go_map_search *search = walk->search;
	struct go_map_bucket_head *head = &search->head;
	u64 bucket = search->overflow;

	if (!bucket) {
		if (!search->left) {
			search->array = search->old;
			search->left = search->old_left;
			search->old_left = 0;
		}
		if (!search->left)
			return 1;
		bucket = search->array;
		search->array += BMAP_SIZE;
		search->left--;
	}
	if (bpf_probe_read_user(head, sizeof(*head), (void *)bucket)) {
		/* Slots that are not in use may lie in a page that the program never touched. */
		__builtin_memset(head, 0, sizeof(*head));
		if (bpf_probe_read_user(head->top_hash, sizeof(head->top_hash), (void *)bucket)) {
			count(COUNT_TRUNCATED);
			return 1;
		}
		for (int i = 0; i < GO_MAP_SLOTS; i++)
			bpf_probe_read_user(&head->keys[i], sizeof(head->keys[i]), (void *)(bucket + BMAP_KEYS + i * sizeof(head->keys[i])));
	}
	/* Of a chain that ends here, the pointer may be in such a page, too. */
	if (bpf_probe_read_user(&search->overflow, sizeof(search->overflow), (void *)(bucket + BMAP_OVERFLOW)))
		search->overflow = 0;
	for (int i = 0; i < GO_MAP_SLOTS; i++) {
		struct go_slice value;
		if (head->top_hash[i] < BMAP_MIN_TOP_HASH || !go_map_may_want(walk, head->keys[i].length))
			continue;
		if (!bpf_probe_read_user(&value, sizeof(value), (void *)(bucket + BMAP_ELEMENTS + i * 24)))
			go_map_take(walk, head->keys[i], value);
	}
	return search->missing == 0;
}

/*
 * Searches a map[string][]string (the pointer that the map value is; nil is fine) for several keys at once. All of search is filled. Cost: a user read for the header and those of the groups: two or three reads for a request's headers.
 */
static __always_inline void go_map_find(const struct attachment *a, u64 map, const struct go_keys *wanted, struct go_map_search *search)
{
	struct go_map_walk walk = { .wanted = wanted, .search = search };
	u64 *head = search->words;

	__builtin_memset(search, 0, __builtin_offsetof(struct go_map_search, key));
	for (int i = 0; i < GO_KEYS_MAX; i++)
		search->missing += wanted->keys[i].length != 0;
	if (!map || bpf_probe_read_user(head, sizeof(search->words), (void *)map) || !(u32)head[0]) /* both begin with the number of entries */
		return;
	if (a->flags & ATTACHMENT_SWISS_MAPS) {
		u64 groups[2] = { head[SWISS_DIRECTORY / 8], 0 }; /* type groupsReference: data, lengthMask */
		u64 tables = head[SWISS_DIRECTORY / 8 + 1], table = 0;
		if (tables && (bpf_probe_read_user(&table, sizeof(table), (void *)groups[0]) ||
			       bpf_probe_read_user(groups, sizeof(groups), (void *)(table + TABLE_GROUPS))))
			return;
		search->array = groups[0];
		search->left = groups[1] + 1;
		if (tables > 1 || groups[1] >= GO_MAP_GROUPS)
			count(COUNT_TRUNCATED);
		bpf_loop(GO_MAP_GROUPS, go_map_group, &walk, 0);
		return;
	}
	u32 b = head[HMAP_B / 8] >> (HMAP_B % 8 * 8) & 31, flags = head[HMAP_B / 8] >> (HMAP_B % 8 * 8 - 8);
	search->array = head[HMAP_BUCKETS / 8];
	search->left = 1U << b;
	search->old = head[HMAP_OLD_BUCKETS / 8];
	search->old_left = !search->old ? 0 : flags & HMAP_SAME_SIZE_GROW ? search->left : search->left / 2;
	if (search->left + search->old_left > GO_MAP_BUCKETS)
		count(COUNT_TRUNCATED);
	bpf_loop(GO_MAP_BUCKETS, go_map_bucket, &walk, 0);
}

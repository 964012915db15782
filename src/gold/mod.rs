//! Gold on disk: reading, checking, completing and exchanging datasets.

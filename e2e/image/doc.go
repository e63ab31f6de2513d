// Package image has the test of the workspace image: it is started as its user
// with an empty home volume, killed, and started again on what is left. .ci/image
// builds the image and runs it; SLOT_TEST_IMAGE names the image.
package image

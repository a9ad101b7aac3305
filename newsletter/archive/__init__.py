"""The public website of a publication: pages, feed, sitemap, written as plain files."""

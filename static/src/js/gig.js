// The page of a gig.
import "./gig/gallery.js";
import "./gig/offer.js";

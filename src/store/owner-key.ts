/** Under it the first line of a file of ours says whose it is. */
export const ownerKey = "runpodboss";
